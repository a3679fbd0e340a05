SELECT ?fields
FROM visits FINAL
WHERE run_id = {run:String}
ORDER BY site, page, profile, repetition
