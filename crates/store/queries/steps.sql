-- What happened on a visit that matters for consent, in order.
WITH (SELECT any(site) FROM visits WHERE run_id = {run:String} AND visit_id = {visit:UUID}) AS the_site
SELECT seq, at_ms, area AS step, name AS source, detail AS value, buttons
FROM events FINAL
WHERE run_id = {run:String}
  AND site = the_site
  AND visit_id = {visit:UUID}
  AND fact = 'consent'
  AND (visit_id, recording) IN (
      SELECT visit_id, recording FROM visits FINAL WHERE run_id = {run:String} AND site = the_site AND visit_id = {visit:UUID}
  )
ORDER BY at_ms, seq
