-- By night: reach of the ten commonest categories; of the sites that were looked at.
WITH
    reach AS (
        SELECT night, category, uniqExact(site) AS sites
        FROM counted_vendors
        WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
          AND region = replaceAll(${region:singlequote}, '(usual)', '')
          AND kind = 'scan'
          AND $__dateFilter(night)
          AND pages_before > 0
          AND exposure IN ('tracker', 'content')
        GROUP BY night, category
    ),
    commonest AS (SELECT category FROM reach GROUP BY category ORDER BY max(sites) DESC, category LIMIT 10)
SELECT
    toDateTime(reach.night) AS time,
    toString(category) AS category,
    sites / nullIf(looked, 0) AS share
FROM reach
INNER JOIN (
    SELECT night, uniqExactIf(site, looked) AS looked
    FROM counted_sites
    WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
      AND region = replaceAll(${region:singlequote}, '(usual)', '')
      AND kind = 'scan'
      AND $__dateFilter(night)
    GROUP BY night
) AS all_sites ON all_sites.night = reach.night
WHERE category IN (SELECT category FROM commonest)
ORDER BY time, category
