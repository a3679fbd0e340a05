-- The latest complete scan of the same command before a run.
SELECT ?fields
FROM runs FINAL
WHERE digest = {digest:String} AND state = 'complete' AND against = '' AND run_id < {run:String}
ORDER BY run_id DESC
LIMIT 1
