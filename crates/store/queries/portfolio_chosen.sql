-- How many targets of a portfolio are chosen, and how many the run has: one row.
SELECT
    ifNull((
        SELECT count()
        FROM portfolio_targets
        WHERE portfolio = {portfolio:String}
          AND arrayAll((key, value) -> known[key] = value, {keys:Array(String)}, {values:Array(String)})
    ), 0) AS chosen,
    ifNull((SELECT count() FROM targets FINAL WHERE run_id = {run:String}), 0) AS copied
