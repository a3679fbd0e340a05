-- The latest scan.
SELECT ?fields
FROM runs FINAL
WHERE against = ''
ORDER BY run_id DESC
LIMIT 1
