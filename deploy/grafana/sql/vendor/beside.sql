-- Who is contacted before any choice on the same sites. Lift: how many times as often as on any site that was looked at.
WITH
    (
        SELECT uniqExactIf(site, looked)
        FROM counted_sites
        WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
          AND region = replaceAll(${region:singlequote}, '(usual)', '')
          AND kind = 'scan'
          AND night = toDateOrZero(${night:singlequote})
    ) AS looked_at,
    its_sites AS (
        SELECT DISTINCT site
        FROM counted_vendors
        WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
          AND region = replaceAll(${region:singlequote}, '(usual)', '')
          AND kind = 'scan'
          AND night = toDateOrZero(${night:singlequote})
          AND vendor = ${vendor:singlequote}
          AND pages_before > 0
    ),
    (SELECT count() FROM its_sites) AS its
SELECT
    vendor,
    any(category) AS category,
    uniqExactIf(site, site IN (SELECT site FROM its_sites)) AS sites,
    sites / nullIf(its, 0) AS share,
    share / nullIf(uniqExact(site) / looked_at, 0) AS lift
FROM (
    SELECT vendor, category, site
    FROM counted_vendors
    WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
      AND region = replaceAll(${region:singlequote}, '(usual)', '')
      AND kind = 'scan'
      AND night = toDateOrZero(${night:singlequote})
      AND vendor != ${vendor:singlequote}
      AND pages_before > 0
      AND exposure IN ('tracker', 'content')
)
GROUP BY vendor
HAVING sites > 0
ORDER BY sites DESC, lift DESC, vendor
LIMIT 50
