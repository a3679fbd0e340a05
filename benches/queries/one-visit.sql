-- Everything of one visit: what a page shows of its evidence.
SELECT seq, at_ms, fact, vendor, url
FROM events
WHERE (run_id, site) IN (SELECT run_id, site FROM counted_sites WHERE state = 'seen' LIMIT 1)
ORDER BY visit_id, seq
LIMIT 1000
