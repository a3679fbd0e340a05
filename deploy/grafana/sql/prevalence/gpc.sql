-- Global Privacy Control, by category, where that is known: pairs of a tracker and a site.
SELECT
    toString(category) AS category,
    countIf(gpc = 'honoured') / nullIf(known, 0) AS share_honoured,
    countIf(gpc = 'ignored') / nullIf(known, 0) AS share_ignored,
    count() AS known
FROM counted_vendors
WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
  AND region = replaceAll(${region:singlequote}, '(usual)', '')
  AND kind = 'scan'
  AND night = toDateOrZero(${night:singlequote})
  AND exposure IN ('tracker', 'content')
  AND counted_vendors.gpc != 'unknown'
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
ORDER BY known DESC, category
