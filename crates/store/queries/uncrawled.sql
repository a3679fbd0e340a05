-- Targets of a run that nobody has crawled yet.
SELECT ?fields
FROM targets FINAL
WHERE run_id = {run:String}
  AND start NOT IN (SELECT start FROM seeds WHERE run_id = {run:String})
ORDER BY start
LIMIT {limit:UInt64}
