-- What a portfolio says of the sites that a run has visited. An empty site means every one of them.
SELECT site, max(monthly_sessions) AS sessions, max(sensitive) AS about
FROM portfolio_targets
WHERE portfolio = {portfolio:String}
  AND (monthly_sessions > 0 OR sensitive != '')
  AND ({site:String} = '' OR site = {site:String})
  AND site IN (SELECT site FROM visits WHERE run_id = {run:String} AND ({site:String} = '' OR site = {site:String}))
GROUP BY site
ORDER BY site
