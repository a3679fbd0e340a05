-- What was typed on a visit, in order.
WITH (SELECT any(site) FROM visits WHERE run_id = {run:String} AND visit_id = {visit:UUID}) AS the_site
SELECT
    seq,
    target AS field,
    area AS kind,
    count AS characters,
    assumeNotNull(at_ms) AS at_ms,
    ifNull(last_key_ms, assumeNotNull(at_ms)) AS last_key_ms,
    blurred_ms,
    ifNull(kept, false) AS kept
FROM events FINAL
WHERE run_id = {run:String}
  AND site = the_site
  AND visit_id = {visit:UUID}
  AND fact = 'entry'
  AND (visit_id, recording) IN (
      SELECT visit_id, recording FROM visits FINAL WHERE run_id = {run:String} AND site = the_site AND visit_id = {visit:UUID}
  )
ORDER BY seq
