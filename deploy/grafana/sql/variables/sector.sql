-- Sectors of the portfolio's sites that night; those of which nobody says so are under All only.
SELECT DISTINCT toString(sector) AS sector
FROM counted_sites
WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
  AND region = replaceAll(${region:singlequote}, '(usual)', '')
  AND kind = 'scan'
  AND night = toDateOrZero(${night:singlequote})
  AND sector != ''
ORDER BY sector
