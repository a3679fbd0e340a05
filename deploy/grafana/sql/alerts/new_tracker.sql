-- Sites on which a tracker is contacted before any choice that was on none of the nights before in the time range. Only sites that were
-- looked at on an earlier night too, and nights of which there is an earlier one.
WITH
    nights AS (
        SELECT portfolio, region, max(night) AS this_night
        FROM rolled
        WHERE kind = 'scan' AND portfolio != '' AND $__dateFilter(night)
        GROUP BY portfolio, region
        HAVING uniqExact(night) > 1
    ),
    looked_before AS (
        SELECT DISTINCT counted_sites.portfolio AS portfolio, counted_sites.region AS region, site
        FROM counted_sites
        INNER JOIN nights ON nights.portfolio = counted_sites.portfolio AND nights.region = counted_sites.region
        WHERE kind = 'scan' AND $__dateFilter(night) AND night < this_night AND looked
    )
SELECT
    toString(fresh.portfolio) AS portfolio,
    if(fresh.region = '', '(usual)', toString(fresh.region)) AS region,
    vendor,
    toFloat64(count()) AS value
FROM (
    SELECT portfolio, region, vendor, site
    FROM (
        SELECT
            counted_vendors.portfolio AS portfolio,
            counted_vendors.region AS region,
            vendor,
            site,
            min(night) AS first_night,
            any(this_night) AS newest
        FROM counted_vendors
        INNER JOIN nights ON nights.portfolio = counted_vendors.portfolio AND nights.region = counted_vendors.region
        WHERE kind = 'scan' AND $__dateFilter(night) AND pages_before > 0 AND exposure IN ('tracker', 'content')
        GROUP BY portfolio, region, vendor, site
    )
    WHERE first_night = newest
) AS fresh
WHERE (fresh.portfolio, fresh.region, site) IN (SELECT portfolio, region, site FROM looked_before)
GROUP BY fresh.portfolio, fresh.region, vendor
ORDER BY value DESC, vendor
LIMIT 50
