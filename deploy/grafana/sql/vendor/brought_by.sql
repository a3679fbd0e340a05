-- Who brought the vendor, next to it: hosts of scripts and ids of tag containers; of the sites on which it was contacted before any choice.
SELECT
    arrayJoin(if(empty(brought_by), ['(the page, or not seen)'], brought_by)) AS bringer,
    uniqExact(site) AS sites
FROM counted_vendors
WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
  AND region = replaceAll(${region:singlequote}, '(usual)', '')
  AND kind = 'scan'
  AND night = toDateOrZero(${night:singlequote})
  AND vendor = ${vendor:singlequote}
  AND pages_before > 0
GROUP BY bringer
ORDER BY sites DESC, bringer
LIMIT 50
