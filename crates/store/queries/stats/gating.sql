-- How vendors wait for consent: of the vendors on sites where a refusal was watched or nothing asks, each vendor on each site
-- once, by the state that it is in on the page on which it does worst.
WITH
    {{sites}},
    {{vendors}},
    met AS (
        SELECT multiIf({by:String} = 'category', toString(category), {by:String} = 'vendor', toString(vendor), segment) AS class, gating, site
        FROM vendors
        WHERE pages > 0 AND (reject_watched > 0 OR no_banner)
    ),
    all_met AS (SELECT class, count() AS denominator FROM met GROUP BY class),
    states AS (SELECT class, gating, count() AS numerator, uniqExact(site) AS on_sites FROM met GROUP BY class, gating)
SELECT
    states.class AS segment,
    states.gating AS gating,
    on_sites AS sites,
    numerator,
    denominator,
    {{share numerator denominator}}
FROM states
INNER JOIN all_met ON all_met.class = states.class
ORDER BY segment, numerator DESC, gating
LIMIT {limit:UInt64} BY segment
