-- Findings of some sites of a run, on visits that saw their page.
SELECT
    site,
    page,
    visit_id,
    finding_id,
    rule,
    vendor,
    vendor_name,
    category,
    exposure,
    first_contact_ms,
    proof_url,
    grade
FROM findings FINAL
WHERE run_id = {run:String}
  AND site BETWEEN {first:String} AND {last:String}
  AND (visit_id, recording) IN (
      SELECT visit_id, recording
      FROM visits FINAL
      WHERE run_id = {run:String} AND site BETWEEN {first:String} AND {last:String} AND class = 'seen'
  )
ORDER BY site, page, vendor, rule, visit_id
