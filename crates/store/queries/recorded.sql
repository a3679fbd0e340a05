-- recorded
-- Which of the given visits are recorded already; those that were lost through our fault only if that is asked for.
SELECT DISTINCT visit_id
FROM visits
WHERE run_id = {run:String} AND visit_id IN {visits:Array(UUID)} AND (outcome != 'lost' OR {lost:Bool})
