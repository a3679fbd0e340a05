-- By which means the requests and frames of a visit went out that prove something.
WITH (SELECT any(site) FROM visits WHERE run_id = {run:String} AND visit_id = {visit:UUID}) AS the_site
SELECT seq, fact, method, transport, url, frame_site, on_leave, body_bytes
FROM events FINAL
WHERE run_id = {run:String}
  AND site = the_site
  AND visit_id = {visit:UUID}
  AND seq IN {events:Array(UInt32)}
  AND (visit_id, recording) IN (
      SELECT visit_id, recording FROM visits FINAL WHERE run_id = {run:String} AND site = the_site AND visit_id = {visit:UUID}
  )
ORDER BY seq
