-- Portfolios that have been crawled; runs with targets of their own last, under a name that is none.
SELECT if(portfolio = '', '(none)', toString(portfolio)) AS portfolio
FROM rolled
WHERE kind = 'scan'
GROUP BY portfolio
ORDER BY portfolio = '(none)', portfolio
