-- Sites on which a tracker is contacted before any choice that was on none of the nights before in the time range. Only sites that were
-- looked at on an earlier night too, and nights of which there is an earlier one.
--
-- Who is new was not there the night before: all other nights are read for those few only. Tables are read and not the views of what
-- counts, since nothing but roll-ups that count is read of them.
WITH
    nights AS (
        SELECT rollup, night, dense_rank() OVER (PARTITION BY portfolio, region ORDER BY night DESC) AS nth
        FROM rolled
        WHERE kind = 'scan' AND portfolio != '' AND $__dateFilter(night)
    ),
    newest AS (SELECT rollup FROM nights WHERE nth = 1),
    since_last AS (
        SELECT vendor, site
        FROM vendor_sites
        WHERE night >= (SELECT min(night) FROM nights WHERE nth <= 2)
          AND rollup IN (SELECT rollup FROM nights WHERE nth <= 2)
          AND pages_before > 0
          AND exposure IN ('tracker', 'content')
        GROUP BY portfolio, region, vendor, site
        HAVING min(rollup IN newest)
    ),
    fresh AS (
        SELECT portfolio, region, vendor, site
        FROM vendor_sites
        WHERE rollup IN (SELECT rollup FROM nights)
          AND (vendor, site) IN (SELECT vendor, site FROM since_last)
          AND pages_before > 0
          AND exposure IN ('tracker', 'content')
        GROUP BY portfolio, region, vendor, site
        HAVING min(rollup IN newest)
    ),
    looked_before AS (
        SELECT portfolio, region, site
        FROM site_nights
        WHERE rollup IN (SELECT rollup FROM nights WHERE nth > 1) AND looked
    )
SELECT
    toString(portfolio) AS portfolio,
    if(region = '', '(usual)', toString(region)) AS region,
    vendor,
    toFloat64(count()) AS value
FROM fresh
WHERE (fresh.portfolio, fresh.region, site) IN (SELECT portfolio, region, site FROM looked_before)
GROUP BY fresh.portfolio, fresh.region, vendor
ORDER BY value DESC, vendor
LIMIT 50
