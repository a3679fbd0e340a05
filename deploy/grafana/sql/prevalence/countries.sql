-- Countries beside each other: how many of their sites were looked at, and what was found on those.
SELECT
    if(country = '', '(nobody says)', toString(country)) AS country,
    uniqExact(site) AS sites,
    uniqExactIf(site, state = 'seen') / sites AS share_seen,
    uniqExactIf(site, counted_sites.looked) AS looked,
    uniqExactIf(site, counted_sites.looked AND trackers > 0) / nullIf(looked, 0) AS share_trackers,
    uniqExactIf(site, counted_sites.looked AND recorders > 0) / nullIf(looked, 0) AS share_recorders,
    uniqExactIf(site, counted_sites.looked AND banner) / nullIf(looked, 0) AS share_banner
FROM counted_sites
WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
  AND region = replaceAll(${region:singlequote}, '(usual)', '')
  AND kind = 'scan'
  AND night = toDateOrZero(${night:singlequote})
  AND $__conditionalAll(sector IN (${sector:singlequote}), $sector)
GROUP BY country
ORDER BY sites DESC, country
LIMIT 50
