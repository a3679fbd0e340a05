SELECT * EXCEPT (recorded_at)
FROM seeds FINAL
WHERE run_id IN (SELECT run_id FROM chosen)
ORDER BY run_id, start
