-- Complete runs without a roll-up that counts, oldest first.
SELECT run_id
FROM runs FINAL
WHERE state = 'complete' AND run_id NOT IN (SELECT run_id FROM rolled)
ORDER BY run_id
