-- Of the sites that were looked at, those that contact a vendor before any choice, on at least one page.
WITH
    {{sites}},
    {{vendors}},
    all_looked AS (SELECT segment, countIf(looked) AS denominator FROM sites GROUP BY segment),
    met AS (
        SELECT
            segment,
            if({by:String} = 'category', toString(category), segment) AS class,
            if({by:String} = 'category', '', toString(vendor)) AS party,
            if(party = '', '', max(toString(vendor_name))) AS name,
            max(toString(category)) AS does,
            argMin(exposure, indexOf(['content', 'tracker', 'unknown', 'none'], exposure)) AS worst,
            uniqExact(site) AS numerator
        FROM vendors
        WHERE pages_before > 0
        GROUP BY segment, class, party
    )
SELECT
    class AS segment,
    party AS vendor,
    name AS vendor_name,
    does AS category,
    worst AS exposure,
    numerator,
    denominator,
    {{share numerator denominator}}
FROM met
INNER JOIN all_looked ON all_looked.segment = met.segment
ORDER BY numerator DESC, vendor, segment
LIMIT {limit:UInt64} BY segment
