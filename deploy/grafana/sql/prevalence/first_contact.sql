-- When trackers of each category are contacted first, over pairs of a tracker and a site.
SELECT
    toString(category) AS category,
    uniqExact(vendor, site) AS pairs,
    quantileExactInclusive(0.25)(first_contact_ms) AS p25_ms,
    quantileExactInclusive(0.5)(first_contact_ms) AS p50_ms,
    quantileExactInclusive(0.9)(first_contact_ms) AS p90_ms
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
GROUP BY category
ORDER BY p50_ms, category
