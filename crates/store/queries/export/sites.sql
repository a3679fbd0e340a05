SELECT * EXCEPT (rollup)
FROM counted_sites
WHERE run_id IN (SELECT run_id FROM chosen)
ORDER BY portfolio, night, site, run_id
