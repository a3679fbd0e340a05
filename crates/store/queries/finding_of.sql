-- One finding of a run, if it counts.
SELECT ?fields
FROM findings FINAL
WHERE run_id = {run:String}
  AND finding_id = {finding:UUID}
  AND (visit_id, recording) IN (SELECT visit_id, recording FROM visits FINAL WHERE run_id = {run:String})
LIMIT 1
