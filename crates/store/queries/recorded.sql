-- Which of the given visits are recorded already.
SELECT DISTINCT visit_id
FROM visits
WHERE run_id = {run:String} AND visit_id IN {visits:Array(UUID)}
