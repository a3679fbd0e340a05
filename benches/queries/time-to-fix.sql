-- How many nights trackers fired on sites before they did no more.
SELECT quantiles(0.25, 0.5, 0.75)(nights), count()
FROM (
    SELECT vendor, site, uniqExactIf(night, pages_before > 0) AS nights, argMax(pages_before, night) AS last
    FROM counted_vendors
    WHERE exposure IN ('tracker', 'content')
    GROUP BY vendor, site
    HAVING last = 0 AND nights > 0
)
