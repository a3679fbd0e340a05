-- The sites of which a run has visits, by name.
SELECT DISTINCT site
FROM visits
WHERE run_id = {run:String}
ORDER BY site
