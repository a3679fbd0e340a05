-- Deletes targets of a run that its portfolio does not have: what an earlier start that broke off has left.
DELETE FROM targets
WHERE run_id = {run:String}
  AND start NOT IN (
      SELECT start
      FROM portfolio_targets
      WHERE portfolio = {portfolio:String}
        AND arrayAll((key, value) -> known[key] = value, {keys:Array(String)}, {values:Array(String)})
  )
