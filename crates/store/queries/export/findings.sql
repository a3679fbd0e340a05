-- What is heard of each field stands in keystrokes.
SELECT * EXCEPT (recording, recorded_at, heard) REPLACE (toString(finding_id) AS finding_id, toString(visit_id) AS visit_id)
FROM findings FINAL
WHERE run_id IN (SELECT run_id FROM chosen)
  AND (visit_id, recording) IN (SELECT visit_id, recording FROM visits FINAL WHERE run_id IN (SELECT run_id FROM chosen))
ORDER BY run_id, vendor, site, finding_id
