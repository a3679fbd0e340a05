-- The latest run of the same command that can be resumed.
SELECT ?fields
FROM runs FINAL
WHERE digest = {digest:String} AND state IN ('running', 'paused')
ORDER BY run_id DESC
LIMIT 1
