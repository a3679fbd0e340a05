SELECT * EXCEPT (recording, recorded_at) REPLACE (toString(visit_id) AS visit_id)
FROM events FINAL
WHERE run_id IN (SELECT run_id FROM chosen)
  AND (visit_id, recording) IN (SELECT visit_id, recording FROM visits FINAL WHERE run_id IN (SELECT run_id FROM chosen))
ORDER BY run_id, site, visit_id, seq
