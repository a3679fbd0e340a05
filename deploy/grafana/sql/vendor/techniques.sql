-- By which techniques the vendor's scripts tell browsers apart, on how many of its sites.
SELECT arrayJoin(fingerprints) AS technique, uniqExact(site) AS sites
FROM counted_vendors
WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
  AND region = replaceAll(${region:singlequote}, '(usual)', '')
  AND kind = 'scan'
  AND night = toDateOrZero(${night:singlequote})
  AND vendor = ${vendor:singlequote}
GROUP BY technique
ORDER BY sites DESC, technique
