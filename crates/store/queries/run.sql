SELECT ?fields
FROM runs FINAL
WHERE run_id = {run:String}
