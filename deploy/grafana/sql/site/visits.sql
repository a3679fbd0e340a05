-- What became of the visits that were planned.
SELECT
    sum(counted_sites.seen - counted_sites.partial) AS seen,
    sum(counted_sites.partial) AS partial,
    sum(counted_sites.blocked) AS blocked,
    sum(counted_sites.failed) AS failed,
    sum(counted_sites.refused) AS refused,
    sum(counted_sites.absent) AS absent,
    sum(counted_sites.planned) AS planned
FROM counted_sites
WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
  AND region = replaceAll(${region:singlequote}, '(usual)', '')
  AND kind = 'scan'
  AND night = toDateOrZero(${night:singlequote})
  AND site = ${site:singlequote}
HAVING count() > 0
