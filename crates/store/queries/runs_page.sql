-- Runs, newest first: of one portfolio, if one is named, and before one of them, if one is: ids rise with time.
SELECT ?fields
FROM runs FINAL
WHERE ({portfolio:String} = '' OR portfolio = {portfolio:String})
  AND ({before:String} = '' OR run_id < {before:String})
ORDER BY run_id DESC
LIMIT {limit:UInt64}
