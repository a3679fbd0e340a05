-- The names of the further columns of a portfolio.
SELECT DISTINCT arrayJoin(mapKeys(tags)) AS name
FROM portfolio_targets
WHERE portfolio = {portfolio:String}
  AND arrayAll((key, value) -> known[key] = value, {keys:Array(String)}, {values:Array(String)})
ORDER BY name
