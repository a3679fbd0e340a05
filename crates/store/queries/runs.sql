-- The latest runs, newest first.
SELECT ?fields
FROM runs FINAL
ORDER BY run_id DESC
LIMIT {limit:UInt64}
