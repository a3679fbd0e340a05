-- Who is contacted before any choice: of the sites that were looked at.
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
    if(countIf(exposure = 'content') > 0, 'content', 'tracker') AS exposure,
    uniqExact(site) AS sites,
    assumeNotNull(looked_at) AS looked,
    sites / nullIf(looked, 0) AS share,
    quantileExactInclusive(0.5)(first_contact_ms) AS first_contact_ms,
    max(grade) AS grade
FROM (
    SELECT vendor, vendor_name, category, exposure, site, first_contact_ms, grade
    FROM counted_vendors
    WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
      AND region = replaceAll(${region:singlequote}, '(usual)', '')
      AND kind = 'scan'
      AND night = toDateOrZero(${night:singlequote})
      AND pages_before > 0
      AND exposure IN ('tracker', 'content')
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
