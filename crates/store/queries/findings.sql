-- Every finding that counts, by site and page, worst first. An empty site means every site. What stands under PREWHERE is of the key, so
-- that FINAL may come after it.
SELECT ?fields
FROM findings FINAL
PREWHERE run_id = {run:String} AND ({site:String} = '' OR site = {site:String})
WHERE (visit_id, recording) IN (
      SELECT visit_id, recording FROM visits FINAL WHERE run_id = {run:String} AND ({site:String} = '' OR site = {site:String})
  )
ORDER BY site, page, indexOf(['content', 'tracker', 'unknown', 'none'], exposure), first_contact_ms, vendor, rule
