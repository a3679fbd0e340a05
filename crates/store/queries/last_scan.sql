-- The latest scan.
SELECT ?fields
FROM runs FINAL
WHERE against = ''
ORDER BY started_at DESC, run_id DESC
LIMIT 1
