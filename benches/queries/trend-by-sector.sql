-- The same, by sector.
SELECT night, sector, uniqExactIf(site, trackers > 0) AS firing, uniqExactIf(site, looked) AS looked
FROM counted_sites
GROUP BY night, sector
ORDER BY night, sector
