-- Which trackers stand on the same sites, on the last night.
WITH met AS (
    SELECT site, groupUniqArray(vendor) AS vendors
    FROM counted_vendors
    WHERE night = (SELECT max(night) FROM counted_sites) AND pages_before > 0 AND exposure IN ('tracker', 'content')
    GROUP BY site
)
SELECT one, other, count() AS sites
FROM met
ARRAY JOIN vendors AS one
ARRAY JOIN vendors AS other
WHERE one < other
GROUP BY one, other
ORDER BY sites DESC
LIMIT 100
