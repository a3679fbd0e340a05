SELECT * EXCEPT (recording) REPLACE (toString(finding_id) AS finding_id, toString(visit_id) AS visit_id)
FROM keystrokes
WHERE run_id IN (SELECT run_id FROM chosen)
ORDER BY run_id, vendor, site, finding_id, entry, grade, form, way, event, part, first_byte
