-- Of the sites that were looked at, those on which a vendor is met in whatever state of consent; and of those, the ones that
-- contact it before any choice.
WITH
    {{sites}},
    {{vendors}},
    all_looked AS (SELECT segment, countIf(looked) AS denominator FROM sites GROUP BY segment),
    on_site AS (
        SELECT
            segment,
            if({by:String} = 'category', toString(category), segment) AS class,
            if({by:String} = 'category', '', toString(vendor)) AS party,
            site,
            max(toString(vendor_name)) AS name,
            max(toString(vendors.category)) AS does,
            argMin(exposure, indexOf(['content', 'tracker', 'unknown', 'none'], exposure)) AS worst,
            max(pages_before) > 0 AS is_before,
            minIf(first_contact_ms, pages_before > 0) AS earliest
        FROM vendors
        WHERE pages > 0 AND site IN (SELECT site FROM sites WHERE looked)
        GROUP BY segment, class, party, site
    ),
    met AS (
        SELECT
            segment,
            class,
            party,
            if(party = '', '', max(name)) AS called,
            max(does) AS category,
            argMin(worst, indexOf(['content', 'tracker', 'unknown', 'none'], worst)) AS exposure,
            count() AS numerator,
            countIf(is_before) AS before,
            countIf(is_before AND earliest IS NOT NULL) AS timed,
            quantileExactInclusiveIf(0.5)(assumeNotNull(earliest), is_before AND earliest IS NOT NULL) AS median
        FROM on_site
        GROUP BY segment, class, party
    )
SELECT
    class AS segment,
    party AS vendor,
    called AS vendor_name,
    category,
    exposure,
    numerator,
    denominator,
    {{share numerator denominator}},
    before,
    {{share before numerator before_}},
    if(timed = 0, NULL, median) AS median_ms
FROM met
INNER JOIN all_looked ON all_looked.segment = met.segment
ORDER BY numerator DESC, before DESC, vendor, segment
LIMIT {limit:UInt64} BY segment
