-- Over the sites that were looked at: how many trackers are contacted before any choice.
SELECT
    multiIf(most = 0, '0', most <= 2, '1 to 2', most <= 5, '3 to 5', most <= 10, '6 to 10', most <= 20, '11 to 20', 'over 20') AS trackers_met,
    count() AS sites
FROM (
    SELECT site, max(trackers) AS most
    FROM counted_sites
    WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
      AND region = replaceAll(${region:singlequote}, '(usual)', '')
      AND kind = 'scan'
      AND night = toDateOrZero(${night:singlequote})
      AND $__conditionalAll(sector IN (${sector:singlequote}), $sector)
      AND looked
    GROUP BY site
)
GROUP BY trackers_met
ORDER BY min(most)
