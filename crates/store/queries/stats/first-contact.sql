-- When vendors are contacted first on a site, before any choice.
WITH
    {{sites}},
    {{vendors}},
    {{parties}},
    all_looked AS (SELECT segment, countIf(looked) AS denominator FROM sites GROUP BY segment),
    firsts AS (
        SELECT segment, class, party, site, if(party = '', '', max(toString(vendor_name))) AS name, min(assumeNotNull(first_contact_ms)) AS ms
        FROM parties
        WHERE pages_before > 0 AND first_contact_ms IS NOT NULL
        GROUP BY segment, class, party, site
    ),
    met AS (
        SELECT
            segment,
            class,
            party,
            max(name) AS called,
            count() AS numerator,
            quantilesExactInclusive(0.1, 0.25, 0.5, 0.75, 0.9, 0.95)(ms) AS at
        FROM firsts
        GROUP BY segment, class, party
    )
SELECT
    class AS segment,
    party AS vendor,
    called AS vendor_name,
    numerator,
    denominator,
    at[1] AS p10_ms,
    at[2] AS p25_ms,
    at[3] AS median_ms,
    at[4] AS p75_ms,
    at[5] AS p90_ms,
    at[6] AS p95_ms
FROM met
INNER JOIN all_looked ON all_looked.segment = met.segment
ORDER BY numerator DESC, vendor, segment
LIMIT {limit:UInt64} BY segment
