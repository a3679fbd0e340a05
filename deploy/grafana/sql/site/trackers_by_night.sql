-- By night: trackers that were contacted before any choice, and those of them that hear content; only nights on which a page was looked at.
SELECT
    toDateTime(night) AS time,
    max(counted_sites.trackers) AS trackers,
    max(counted_sites.recorders) AS recorders
FROM counted_sites
WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
  AND region = replaceAll(${region:singlequote}, '(usual)', '')
  AND kind = 'scan'
  AND $__dateFilter(night)
  AND site = ${site:singlequote}
  AND looked
GROUP BY night
ORDER BY time
