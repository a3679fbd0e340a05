-- Night by night: of the sites that were looked at, those that contact anybody in scope before any choice.
WITH
    {{nights}},
    met AS (
        SELECT site, run_id, uniqExact(vendor) AS parties
        FROM counted_vendors
        WHERE {{scope}} AND {{parties_in_scope}} AND pages_before > 0
        GROUP BY site, run_id
    ),
    -- A site that was seen through several regions in one night counts once: it contacts whom any of them saw.
    by_site AS (
        SELECT
            segment,
            night,
            site,
            max(looked) AS was_looked,
            max(state = 'seen') AS was_seen,
            max(parties) AS most,
            max(recorders) > 0 AS recorded
        FROM nights
        LEFT JOIN met ON met.site = nights.site AND met.run_id = nights.run_id
        GROUP BY segment, night, site
    )
SELECT
    segment,
    night,
    count() AS sites,
    countIf(was_seen) AS seen,
    countIf(was_looked AND most > 0) AS numerator,
    countIf(was_looked) AS denominator,
    {{share numerator denominator}},
    countIf(was_looked AND recorded) AS recorders,
    {{share recorders denominator recorders_}},
    if(denominator = 0, NULL, avgIf(most, was_looked)) AS vendors_mean
FROM by_site
GROUP BY segment, night
ORDER BY night DESC, segment
LIMIT {limit:UInt64} BY segment
