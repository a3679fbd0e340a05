-- The sites that are heard most on the last night.
SELECT site, owner, sector, trackers, recorders, grade
FROM counted_sites
WHERE night = (SELECT max(night) FROM counted_sites)
ORDER BY grade DESC, recorders DESC, trackers DESC
LIMIT 50
