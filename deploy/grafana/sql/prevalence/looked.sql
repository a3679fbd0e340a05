-- How many sites were looked at: the denominator of the shares below.
SELECT uniqExactIf(site, counted_sites.looked) AS looked
FROM counted_sites
WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
  AND region = replaceAll(${region:singlequote}, '(usual)', '')
  AND kind = 'scan'
  AND night = toDateOrZero(${night:singlequote})
  AND $__conditionalAll(sector IN (${sector:singlequote}), $sector)
