-- The share of sites on which a tracker was contacted before any choice, of those looked at.
SELECT
    uniqExactIf(site, counted_sites.looked AND trackers > 0) / nullIf(looked, 0) AS share,
    uniqExactIf(site, counted_sites.looked) AS looked
FROM counted_sites
WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
  AND region = replaceAll(${region:singlequote}, '(usual)', '')
  AND kind = 'scan'
  AND night = toDateOrZero(${night:singlequote})
  AND $__conditionalAll(sector IN (${sector:singlequote}), $sector)
