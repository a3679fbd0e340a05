-- Deletes what earlier roll-ups of a run have left, and those that broke off.
DELETE FROM site_nights
WHERE run_id = {run:String} AND rollup NOT IN (SELECT rollup FROM rolled WHERE run_id = {run:String})
