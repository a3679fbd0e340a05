-- Reach of each vendor: sites on which it is contacted before any choice, of those looked at, with Wilson's interval.
WITH
    (
        SELECT uniqExactIf(site, looked)
        FROM counted_sites
        WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
          AND region = replaceAll(${region:singlequote}, '(usual)', '')
          AND kind = 'scan'
          AND night = toDateOrZero(${night:singlequote})
          AND $__conditionalAll(sector IN (${sector:singlequote}), $sector)
    ) AS looked_at
SELECT
    vendor,
    any(vendor_name) AS vendor_name,
    any(category) AS category,
    uniqExact(site) AS sites,
    assumeNotNull(looked_at) AS looked,
    sites / nullIf(looked, 0) AS share,
    (share + 1.9208 / looked - 1.96 * sqrt(share * (1 - share) / looked + 0.9604 / (looked * looked))) / (1 + 3.8416 / looked) AS low,
    (share + 1.9208 / looked + 1.96 * sqrt(share * (1 - share) / looked + 0.9604 / (looked * looked))) / (1 + 3.8416 / looked) AS high
FROM (
    SELECT vendor, vendor_name, category, site
    FROM counted_vendors
    WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
      AND region = replaceAll(${region:singlequote}, '(usual)', '')
      AND kind = 'scan'
      AND night = toDateOrZero(${night:singlequote})
      AND pages_before > 0
      AND exposure IN ('tracker', 'content')
      AND $__conditionalAll(category IN (${category:singlequote}), $category)
      AND $__conditionalAll(
          site IN (
              SELECT site
              FROM counted_sites
              WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
                AND region = replaceAll(${region:singlequote}, '(usual)', '')
                AND kind = 'scan'
                AND night = toDateOrZero(${night:singlequote})
                AND sector IN (${sector:singlequote})
          ),
          $sector
      )
)
GROUP BY vendor
ORDER BY sites DESC, vendor
LIMIT 100
