SELECT *
FROM consent_states
WHERE run_id IN (SELECT run_id FROM chosen)
ORDER BY run_id, site, page, vendor
