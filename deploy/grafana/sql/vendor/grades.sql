-- How much of what is typed the vendor hears, at the worst on each site, where that is known.
SELECT toString(worst) AS grade, count() AS sites
FROM (
    SELECT site, max(grade) AS worst
    FROM counted_vendors
    WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
      AND region = replaceAll(${region:singlequote}, '(usual)', '')
      AND kind = 'scan'
      AND night = toDateOrZero(${night:singlequote})
      AND vendor = ${vendor:singlequote}
      AND counted_vendors.grade != ''
    GROUP BY site
)
GROUP BY grade
ORDER BY grade
