-- The most that a third party hears of what is typed; nothing where nobody knows.
SELECT toString(max(counted_sites.grade)) AS grade
FROM counted_sites
WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
  AND region = replaceAll(${region:singlequote}, '(usual)', '')
  AND kind = 'scan'
  AND night = toDateOrZero(${night:singlequote})
  AND site = ${site:singlequote}
  AND counted_sites.grade != ''
HAVING count() > 0
