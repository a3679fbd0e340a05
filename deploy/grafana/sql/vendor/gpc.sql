-- What the vendor does under Global Privacy Control, on how many sites; unknown is shown too.
SELECT toString(gpc) AS gpc, uniqExact(site) AS sites
FROM counted_vendors
WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
  AND region = replaceAll(${region:singlequote}, '(usual)', '')
  AND kind = 'scan'
  AND night = toDateOrZero(${night:singlequote})
  AND vendor = ${vendor:singlequote}
GROUP BY gpc
ORDER BY sites DESC
