-- The sites of one vendor on the last night.
SELECT site, pages_before, requests, grade, gating
FROM counted_vendors
WHERE vendor = 'microsoft-clarity' AND night = (SELECT max(night) FROM counted_sites)
ORDER BY requests DESC
LIMIT 200
