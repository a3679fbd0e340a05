-- Who brings whom: of the sites that contact a vendor before any choice, those on which that script or tag container brings it.
WITH
    {{sites}},
    {{vendors}},
    before AS (
        SELECT segment, site, toString(vendor) AS party, max(toString(vendor_name)) AS name, groupUniqArrayArray(brought_by) AS bringers
        FROM vendors
        WHERE pages_before > 0
        GROUP BY segment, site, party
    ),
    all_met AS (SELECT segment, party, count() AS denominator FROM before GROUP BY segment, party),
    brought AS (
        SELECT segment, party, bringer, max(name) AS called, count() AS numerator
        FROM before
        ARRAY JOIN if(empty(bringers), [''], bringers) AS bringer
        GROUP BY segment, party, bringer
    )
SELECT
    brought.segment AS segment,
    bringer AS loaded_by,
    brought.party AS vendor,
    called AS vendor_name,
    numerator,
    denominator,
    {{share numerator denominator}}
FROM brought
INNER JOIN all_met ON all_met.segment = brought.segment AND all_met.party = brought.party
ORDER BY numerator DESC, vendor, loaded_by, segment
LIMIT {limit:UInt64} BY segment
