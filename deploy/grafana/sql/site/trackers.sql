-- Trackers that were contacted before any choice; nothing where no page was looked at.
SELECT max(counted_sites.trackers) AS trackers
FROM counted_sites
WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
  AND region = replaceAll(${region:singlequote}, '(usual)', '')
  AND kind = 'scan'
  AND night = toDateOrZero(${night:singlequote})
  AND site = ${site:singlequote}
  AND looked
HAVING count() > 0
