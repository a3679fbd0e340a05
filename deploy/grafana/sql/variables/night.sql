-- Nights of the time range on which the portfolio was crawled, newest first: the first is taken unless somebody chooses.
SELECT toString(night) AS night
FROM (
    SELECT DISTINCT night
    FROM rolled
    WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
      AND region = replaceAll(${region:singlequote}, '(usual)', '')
      AND kind = 'scan'
      AND $__dateFilter(night)
)
ORDER BY night DESC
