-- Into which fields of the pages of a site was typed, on visits that saw their page.
SELECT page, target AS field, any(toString(area)) AS kind, toUInt32(max(count)) AS characters
FROM events FINAL
WHERE run_id = {run:String}
  AND site = {site:String}
  AND fact = 'entry'
  AND (visit_id, recording) IN (
      SELECT visit_id, recording FROM visits FINAL WHERE run_id = {run:String} AND site = {site:String} AND class = 'seen'
  )
GROUP BY page, field
ORDER BY page, min(seq)
