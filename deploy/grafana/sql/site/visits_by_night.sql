-- By night: what became of the visits.
SELECT
    toDateTime(night) AS time,
    sum(counted_sites.seen - counted_sites.partial) AS seen,
    sum(counted_sites.partial) AS partial,
    sum(counted_sites.blocked) AS blocked,
    sum(counted_sites.failed) AS failed,
    sum(counted_sites.refused) AS refused,
    sum(counted_sites.absent) AS absent
FROM counted_sites
WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
  AND region = replaceAll(${region:singlequote}, '(usual)', '')
  AND kind = 'scan'
  AND $__dateFilter(night)
  AND site = ${site:singlequote}
GROUP BY night
ORDER BY time
