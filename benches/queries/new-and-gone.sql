-- Who is new and who is gone, the last night against a week before.
WITH (SELECT max(night) FROM counted_sites) AS last
SELECT vendor, countIf(now AND NOT before) AS new, countIf(before AND NOT now) AS gone
FROM (
    SELECT vendor, site, countIf(night = last) > 0 AS now, countIf(night = last - 7) > 0 AS before
    FROM counted_vendors
    WHERE night IN (last, last - 7) AND pages_before > 0
    GROUP BY vendor, site
)
GROUP BY vendor
HAVING new + gone > 0
ORDER BY new DESC
LIMIT 100
