-- What the scripts of a party listened to and read on a visit, in order.
WITH (SELECT any(site) FROM visits WHERE run_id = {run:String} AND visit_id = {visit:UUID}) AS the_site
SELECT fact, name AS event, target, script, count, at_ms
FROM events FINAL
WHERE run_id = {run:String}
  AND site = the_site
  AND visit_id = {visit:UUID}
  AND vendor = {vendor:String}
  AND fact IN ('listener', 'field_read')
  AND (visit_id, recording) IN (
      SELECT visit_id, recording FROM visits FINAL WHERE run_id = {run:String} AND site = the_site AND visit_id = {visit:UUID}
  )
ORDER BY seq
