SELECT * EXCEPT (recording, recorded_at, screenshot, pictures) REPLACE (toString(visit_id) AS visit_id)
FROM visits FINAL
WHERE run_id IN (SELECT run_id FROM chosen)
ORDER BY run_id, site, visit_id
