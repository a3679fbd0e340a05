-- One finding of a run, if it counts. What stands under PREWHERE is of the key.
SELECT ?fields
FROM findings FINAL
PREWHERE run_id = {run:String} AND finding_id = {finding:UUID}
WHERE (visit_id, recording) IN (SELECT visit_id, recording FROM visits FINAL WHERE run_id = {run:String})
LIMIT 1
