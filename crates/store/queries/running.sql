-- running
-- Runs that go on or are held back, oldest first.
SELECT ?fields
FROM runs FINAL
WHERE state IN ('running', 'paused')
ORDER BY run_id
