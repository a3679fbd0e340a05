-- Every finding that counts, by site and page, worst first.
SELECT ?fields
FROM findings FINAL
WHERE run_id = {run:String} AND ({site:String} = '' OR site = {site:String})
  AND (visit_id, recording) IN (
      SELECT visit_id, recording FROM visits FINAL WHERE run_id = {run:String} AND ({site:String} = '' OR site = {site:String})
  )
ORDER BY site, page, indexOf(['content', 'tracker', 'unknown', 'none'], exposure), first_contact_ms, vendor, rule
