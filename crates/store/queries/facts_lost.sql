-- How many visits of a run have lost events to their TTL: a roll-up made anew would not know what was typed on them.
SELECT countIf(events > 0 AND (visit_id, recording) NOT IN (
    SELECT visit_id, recording FROM events WHERE run_id = {run:String}
)) AS lost
FROM visits FINAL
WHERE run_id = {run:String}
