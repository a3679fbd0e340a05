-- Regions from which the portfolio was seen; the usual exit, which has no name, first.
SELECT if(region = '', '(usual)', toString(region)) AS region
FROM rolled
WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '') AND kind = 'scan'
GROUP BY region
ORDER BY region != '(usual)', region
