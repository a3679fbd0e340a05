SELECT ?fields
FROM visits FINAL
WHERE run_id = {run:String} AND ({site:String} = '' OR site = {site:String})
ORDER BY site, page, profile, repetition
