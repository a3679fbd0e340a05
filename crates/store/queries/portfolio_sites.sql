-- What a portfolio says of the sites that a run has visited.
SELECT site, max(monthly_sessions) AS sessions, max(sensitive) AS about
FROM portfolio_targets
WHERE portfolio = {portfolio:String}
  AND (monthly_sessions > 0 OR sensitive != '')
  AND site IN (SELECT site FROM visits WHERE run_id = {run:String})
GROUP BY site
ORDER BY site
