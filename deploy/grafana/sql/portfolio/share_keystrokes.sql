-- The share of sites of which a third party is sent what is typed, or a hash of it (K4 to K6), of those typed into.
SELECT
    uniqExactIf(site, counted_sites.typed AND grade IN ('K4', 'K5', 'K6')) / nullIf(typed, 0) AS share,
    uniqExactIf(site, counted_sites.typed) AS typed
FROM counted_sites
WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
  AND region = replaceAll(${region:singlequote}, '(usual)', '')
  AND kind = 'scan'
  AND night = toDateOrZero(${night:singlequote})
  AND $__conditionalAll(sector IN (${sector:singlequote}), $sector)
