-- How the vendor came into pages at its earliest contact before any choice, on how many sites.
SELECT if(install_route = '', '(not seen)', toString(install_route)) AS route, uniqExact(site) AS sites
FROM counted_vendors
WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
  AND region = replaceAll(${region:singlequote}, '(usual)', '')
  AND kind = 'scan'
  AND night = toDateOrZero(${night:singlequote})
  AND vendor = ${vendor:singlequote}
  AND pages_before > 0
GROUP BY route
ORDER BY sites DESC
LIMIT 20
