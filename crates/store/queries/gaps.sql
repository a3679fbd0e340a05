SELECT ?fields
FROM gaps FINAL
WHERE run_id = {run:String} AND ({site:String} = '' OR site = {site:String})
  AND (visit_id, recording) IN (
      SELECT visit_id, recording FROM visits FINAL WHERE run_id = {run:String} AND ({site:String} = '' OR site = {site:String})
  )
ORDER BY site, page, seq
