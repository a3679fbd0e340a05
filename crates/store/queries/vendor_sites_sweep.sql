-- Deletes what earlier roll-ups of a run have left, and those that broke off.
DELETE FROM vendor_sites
WHERE run_id = {run:String} AND rollup NOT IN (SELECT rollup FROM rolled WHERE run_id = {run:String})
