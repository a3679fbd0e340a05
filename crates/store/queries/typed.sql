-- On how many sites and pages something was typed, of those that were seen: where nothing was typed, nobody knows who
-- would have heard it.
SELECT uniqExact(site) AS sites, uniqExact(page) AS pages
FROM events FINAL
WHERE run_id = {run:String}
  AND fact = 'entry'
  AND count > 0
  AND (visit_id, recording) IN (
      SELECT visit_id, recording
      FROM visits FINAL
      WHERE run_id = {run:String} AND class = 'seen'
  )
