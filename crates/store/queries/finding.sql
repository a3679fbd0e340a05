-- The findings that count whose id begins with a text; two are enough to say that it does not name one.
SELECT ?fields
FROM findings FINAL
WHERE startsWith(toString(finding_id), {id:String})
  AND (visit_id, recording) IN (SELECT visit_id, recording FROM visits FINAL)
LIMIT 2
