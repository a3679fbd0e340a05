-- How many sites were seen that night, and what became of the others. A site with several runs is seen if one saw it.
SELECT
    countIf(one = 'seen') AS seen,
    countIf(one = 'blocked') AS blocked,
    countIf(one = 'failed') AS failed,
    countIf(one = 'refused') AS refused,
    countIf(one = 'absent') AS absent
FROM (
    SELECT site, if(countIf(state = 'seen') > 0, 'seen', toString(argMax(state, started_at))) AS one
    FROM counted_sites
    WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
      AND region = replaceAll(${region:singlequote}, '(usual)', '')
      AND kind = 'scan'
      AND night = toDateOrZero(${night:singlequote})
      AND $__conditionalAll(sector IN (${sector:singlequote}), $sector)
    GROUP BY site
)
