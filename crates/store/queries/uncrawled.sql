-- uncrawled
-- Targets of a run that nobody has crawled yet, behind the one that was read last.
SELECT ?fields
FROM targets FINAL
WHERE run_id = {run:String}
  AND start > {after:String}
  AND start NOT IN (SELECT start FROM seeds WHERE run_id = {run:String} AND start > {after:String})
ORDER BY start
LIMIT {limit:UInt64}
