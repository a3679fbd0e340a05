-- How much of what is typed any third party hears, at the worst on each site that was typed into; unknown where not all could be read.
SELECT if(worst = '', 'unknown', toString(worst)) AS grade, count() AS sites
FROM (
    SELECT site, max(grade) AS worst
    FROM counted_sites
    WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
      AND region = replaceAll(${region:singlequote}, '(usual)', '')
      AND kind = 'scan'
      AND night = toDateOrZero(${night:singlequote})
      AND $__conditionalAll(sector IN (${sector:singlequote}), $sector)
      AND typed
    GROUP BY site
)
GROUP BY grade
ORDER BY grade = 'unknown', grade
