-- Targets of a portfolio, by address.
SELECT start, line, scheme_given, only_this_page, site, owner, sector, country, sensitive, monthly_sessions, tags
FROM portfolio_targets
WHERE portfolio = {portfolio:String}
  AND arrayAll((key, value) -> known[key] = value, {keys:Array(String)}, {values:Array(String)})
ORDER BY start
