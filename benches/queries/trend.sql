-- How many sites fire before any choice, night by night.
SELECT night, uniqExactIf(site, trackers > 0) AS firing, uniqExactIf(site, looked) AS looked, sum(requests)
FROM counted_sites
GROUP BY night
ORDER BY night
