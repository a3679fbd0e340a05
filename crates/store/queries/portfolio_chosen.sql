-- How many targets of a portfolio are chosen, and how many the run has: one row.
SELECT
    (
        SELECT count()
        FROM portfolio_targets
        WHERE portfolio = {portfolio:String}
          AND arrayAll((key, value) -> known[key] = value, {keys:Array(String)}, {values:Array(String)})
    ) AS chosen,
    (SELECT count() FROM targets FINAL WHERE run_id = {run:String}) AS copied
