-- By night: reach of the ten commonest categories; of the sites that were looked at.
WITH
    reach AS (
        SELECT night, category, uniqExact(site) AS sites, max(sites) OVER (PARTITION BY category) AS most
        FROM counted_vendors
        WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
          AND region = replaceAll(${region:singlequote}, '(usual)', '')
          AND kind = 'scan'
          AND $__dateFilter(night)
          AND pages_before > 0
          AND exposure IN ('tracker', 'content')
        GROUP BY night, category
    ),
    ranked AS (SELECT *, dense_rank() OVER (ORDER BY most DESC, category) AS place FROM reach)
SELECT
    toDateTime(ranked.night) AS time,
    toString(category) AS category,
    sites / nullIf(looked, 0) AS share
FROM ranked
INNER JOIN (
    SELECT night, uniqExactIf(site, looked) AS looked
    FROM counted_sites
    WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
      AND region = replaceAll(${region:singlequote}, '(usual)', '')
      AND kind = 'scan'
      AND $__dateFilter(night)
    GROUP BY night
) AS all_sites ON all_sites.night = ranked.night
WHERE place <= 10
ORDER BY time, category
