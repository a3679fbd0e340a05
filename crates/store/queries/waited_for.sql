-- How many runs that somebody waits for are open (Run::lane): those that were begun before one of them, if one is named.
SELECT count()
FROM runs FINAL
WHERE state = 'running'
  AND (against != '' OR (seeds <= {few:UInt64} AND portfolio = ''))
  AND ({before:String} = '' OR run_id < {before:String})
