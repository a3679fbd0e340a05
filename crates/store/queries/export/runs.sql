SELECT * EXCEPT (updated_at)
FROM runs FINAL
WHERE run_id IN (SELECT run_id FROM chosen)
ORDER BY run_id
