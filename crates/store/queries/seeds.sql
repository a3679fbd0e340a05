-- What was crawled, by start.
SELECT ?fields
FROM seeds FINAL
WHERE run_id = {run:String}
ORDER BY start
