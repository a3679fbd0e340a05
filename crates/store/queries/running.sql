-- Runs that go on, oldest first.
SELECT ?fields
FROM runs FINAL
WHERE state = 'running'
ORDER BY run_id
