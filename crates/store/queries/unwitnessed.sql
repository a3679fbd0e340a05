-- How many seen pages have events of which nobody noted who saw them: recordings from before there were witnesses.
WITH seen AS (SELECT visit_id, recording FROM visits FINAL WHERE run_id = {run:String} AND class = 'seen')
SELECT count() AS pages
FROM (
    SELECT visit_id
    FROM events
    WHERE run_id = {run:String} AND (visit_id, recording) IN (SELECT visit_id, recording FROM seen)
    GROUP BY visit_id
    HAVING max(length(seen_by)) = 0
)
