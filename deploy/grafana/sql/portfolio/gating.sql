-- What trackers do with the choice, where that is known: pairs of a tracker and a site.
SELECT
    toString(gating) AS gating,
    uniqExact(vendor, site) AS pairs
FROM counted_vendors
WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
  AND region = replaceAll(${region:singlequote}, '(usual)', '')
  AND kind = 'scan'
  AND night = toDateOrZero(${night:singlequote})
  AND exposure IN ('tracker', 'content')
  AND counted_vendors.gating != 'unknown'
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
GROUP BY gating
ORDER BY pairs DESC
