SELECT *
FROM consent_pages
WHERE run_id IN (SELECT run_id FROM chosen)
ORDER BY run_id, site, page
