-- Of the sites that were looked at, those that contact two vendors before any choice. Where vendors are named, pairs that one of them
-- is in.
WITH
    {{sites}},
    all_looked AS (SELECT segment, countIf(looked) AS denominator FROM sites GROUP BY segment),
    before AS (
        SELECT on.segment AS segment, counted_vendors.site AS site, toString(vendor) AS party, max(toString(vendor_name)) AS name
        FROM counted_vendors
        INNER JOIN (SELECT site, run_id, segment FROM sites) AS on ON on.site = counted_vendors.site AND on.run_id = counted_vendors.run_id
        WHERE {{scope}}
          AND (has({exposures:Array(String)}, exposure) OR has({vendors:Array(String)}, vendor))
          AND (empty({categories:Array(String)}) OR has({categories:Array(String)}, category))
          AND pages_before > 0
        GROUP BY segment, site, party
    ),
    alone AS (SELECT segment, party, max(name) AS called, count() AS times FROM before GROUP BY segment, party),
    met AS (SELECT segment, site, arraySort(groupArray(party)) AS parties FROM before GROUP BY segment, site),
    pairs AS (
        SELECT segment, pair.1 AS one, pair.2 AS other, count() AS numerator
        FROM met
        ARRAY JOIN arrayFilter(
            pair -> empty({vendors:Array(String)}) OR has({vendors:Array(String)}, pair.1) OR has({vendors:Array(String)}, pair.2),
            arrayFlatten(arrayMap((one, place) -> arrayMap(other -> (one, other), arraySlice(parties, place + 1)), parties, arrayEnumerate(parties)))
        ) AS pair
        GROUP BY segment, one, other
    )
SELECT
    pairs.segment AS segment,
    one AS vendor,
    first.called AS vendor_name,
    other AS other_vendor,
    second.called AS other_name,
    numerator,
    denominator,
    {{share numerator denominator}},
    first.times AS vendor_sites,
    second.times AS other_sites,
    numerator / (vendor_sites + other_sites - numerator) AS jaccard,
    numerator * denominator / (vendor_sites * other_sites) AS lift
FROM pairs
INNER JOIN all_looked ON all_looked.segment = pairs.segment
INNER JOIN alone AS first ON first.segment = pairs.segment AND first.party = pairs.one
INNER JOIN alone AS second ON second.segment = pairs.segment AND second.party = pairs.other
ORDER BY numerator DESC, lift DESC, vendor, other_vendor, segment
LIMIT {limit:UInt64} BY segment
