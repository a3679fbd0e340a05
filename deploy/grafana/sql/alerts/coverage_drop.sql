-- By how much the share of sites that were seen is lower than on average on the nights before in the time range.
SELECT
    toString(portfolio) AS portfolio,
    if(region = '', '(usual)', toString(region)) AS region,
    avgIf(share_seen, night != newest) - anyIf(share_seen, night = newest) AS value
FROM (
    SELECT portfolio, region, night, share_seen, max(night) OVER (PARTITION BY portfolio, region) AS newest
    FROM (
        SELECT portfolio, region, night, uniqExactIf(site, state = 'seen') / uniqExact(site) AS share_seen
        FROM counted_sites
        WHERE kind = 'scan' AND portfolio != '' AND $__dateFilter(night)
        GROUP BY portfolio, region, night
    )
)
GROUP BY portfolio, region
HAVING uniqExact(night) > 1
ORDER BY value DESC
