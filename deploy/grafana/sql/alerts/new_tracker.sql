-- Sites on which a tracker is contacted before any choice that was on none of the nights before in the time range. Only sites that were
-- looked at on an earlier night too, and nights of which there is an earlier one. Who is new on a site was not there the night before:
-- all other nights are read for those few only.
WITH
    nights AS (
        SELECT rollup, night, dense_rank() OVER (PARTITION BY portfolio, region ORDER BY night DESC) AS nth
        FROM rolled
        WHERE kind = 'scan' AND portfolio != '' AND $__dateFilter(night)
    ),
    fresh AS (
        SELECT portfolio, region, vendor, site
        FROM counted_vendors
        WHERE night IN (SELECT night FROM nights WHERE nth <= 2)
          AND rollup IN (SELECT rollup FROM nights WHERE nth <= 2)
          AND pages_before > 0
          AND exposure IN ('tracker', 'content')
        GROUP BY portfolio, region, vendor, site
        HAVING min(rollup IN (SELECT rollup FROM nights WHERE nth = 1))
    )
SELECT
    toString(portfolio) AS portfolio,
    if(region = '', '(usual)', toString(region)) AS region,
    vendor,
    toFloat64(count()) AS value
FROM fresh
WHERE (fresh.portfolio, fresh.region, site) IN (
        SELECT portfolio, region, site
        FROM counted_sites
        WHERE rollup IN (SELECT rollup FROM nights WHERE nth > 1) AND looked AND site IN (SELECT site FROM fresh)
    )
  AND (fresh.portfolio, fresh.region, vendor, site) NOT IN (
        SELECT portfolio, region, vendor, site
        FROM counted_vendors
        WHERE rollup IN (SELECT rollup FROM nights WHERE nth > 2)
          AND site IN (SELECT site FROM fresh)
          AND pages_before > 0
          AND exposure IN ('tracker', 'content')
    )
GROUP BY fresh.portfolio, fresh.region, vendor
ORDER BY value DESC, vendor
LIMIT 50
