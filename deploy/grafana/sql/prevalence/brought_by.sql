-- Who brings whom: the host of a script or the id of a tag container next to a tracker, and on how many sites.
SELECT
    arrayJoin(brought_by) AS bringer,
    vendor,
    toString(any(category)) AS category,
    uniqExact(site) AS sites
FROM counted_vendors
WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
  AND region = replaceAll(${region:singlequote}, '(usual)', '')
  AND kind = 'scan'
  AND night = toDateOrZero(${night:singlequote})
  AND pages_before > 0
  AND exposure IN ('tracker', 'content')
  AND NOT empty(brought_by)
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
GROUP BY bringer, vendor
ORDER BY sites DESC, bringer, vendor
LIMIT 100
