-- The latest runs that were started before one of them, newest first: ids rise with time.
SELECT ?fields
FROM runs FINAL
WHERE run_id < {before:String}
ORDER BY run_id DESC
LIMIT {limit:UInt64}
