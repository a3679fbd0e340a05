-- The pages that the crawls of a run chose, by the target that led to them.
SELECT start, page, kind
FROM seeds FINAL
ARRAY JOIN pages AS page, kinds AS kind
WHERE run_id = {run:String}
ORDER BY start, page
