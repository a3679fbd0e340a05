-- The targets of a portfolio become those of a run.
INSERT INTO targets (run_id, start, scheme_given, only_this_page)
SELECT {run:String}, start, scheme_given, only_this_page
FROM portfolio_targets
WHERE portfolio = {portfolio:String}
  AND arrayAll((key, value) -> known[key] = value, {keys:Array(String)}, {values:Array(String)})
-- Written in pieces, so that the store needs no more memory for a long list.
SETTINGS min_insert_block_size_rows = 100000, min_insert_block_size_bytes = 0, max_threads = 2
