-- Whether the site was seen that night, and if not, how that ended.
SELECT if(countIf(counted_sites.state = 'seen') > 0, 'seen', toString(argMax(counted_sites.state, started_at))) AS state
FROM counted_sites
WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
  AND region = replaceAll(${region:singlequote}, '(usual)', '')
  AND kind = 'scan'
  AND night = toDateOrZero(${night:singlequote})
  AND site = ${site:singlequote}
HAVING count() > 0
