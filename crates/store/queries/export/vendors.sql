SELECT * EXCEPT (rollup) REPLACE (toString(finding_id) AS finding_id, toString(visit_id) AS visit_id)
FROM counted_vendors
WHERE run_id IN (SELECT run_id FROM chosen)
ORDER BY portfolio, night, vendor, site, run_id
