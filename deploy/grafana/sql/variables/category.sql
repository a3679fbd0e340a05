-- What trackers do that were met that night before any choice.
SELECT DISTINCT toString(category) AS category
FROM counted_vendors
WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
  AND region = replaceAll(${region:singlequote}, '(usual)', '')
  AND kind = 'scan'
  AND night = toDateOrZero(${night:singlequote})
  AND pages_before > 0
  AND exposure IN ('tracker', 'content')
ORDER BY category
