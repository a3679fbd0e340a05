-- Deletes the roll-ups of a run that no longer count, once their rows are gone.
DELETE FROM rollups
WHERE run_id = {run:String} AND rollup NOT IN (SELECT rollup FROM rolled WHERE run_id = {run:String})
