SELECT DISTINCT start
FROM seeds
WHERE run_id = {run:String}
