-- What the vendor does with the choice, on how many sites; unknown is shown too.
SELECT toString(gating) AS gating, uniqExact(site) AS sites
FROM counted_vendors
WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
  AND region = replaceAll(${region:singlequote}, '(usual)', '')
  AND kind = 'scan'
  AND night = toDateOrZero(${night:singlequote})
  AND vendor = ${vendor:singlequote}
GROUP BY gating
ORDER BY sites DESC
