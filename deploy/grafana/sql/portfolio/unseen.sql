-- Why sites were not seen that night.
SELECT toString(why) AS outcome, any(state) AS state, uniqExact(site) AS sites
FROM counted_sites
WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
  AND region = replaceAll(${region:singlequote}, '(usual)', '')
  AND kind = 'scan'
  AND night = toDateOrZero(${night:singlequote})
  AND $__conditionalAll(sector IN (${sector:singlequote}), $sector)
  AND counted_sites.state != 'seen'
GROUP BY outcome
ORDER BY sites DESC, outcome
LIMIT 50
