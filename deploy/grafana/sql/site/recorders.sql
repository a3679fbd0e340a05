-- Those of them that hear content; nothing where no page was looked at.
SELECT max(counted_sites.recorders) AS recorders
FROM counted_sites
WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
  AND region = replaceAll(${region:singlequote}, '(usual)', '')
  AND kind = 'scan'
  AND night = toDateOrZero(${night:singlequote})
  AND site = ${site:singlequote}
  AND looked
HAVING count() > 0
