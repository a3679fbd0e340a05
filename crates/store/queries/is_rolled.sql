-- Whether a run has a roll-up that counts: 1 or 0.
SELECT count() FROM rolled WHERE run_id = {run:String}
