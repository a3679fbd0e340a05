-- Kinds of sites side by side.
WITH
    {{sites}},
    {{vendors}},
    met AS (
        SELECT site, uniqExact(vendor) AS parties, min(first_contact_ms) AS earliest
        FROM vendors
        WHERE pages_before > 0
        GROUP BY site
    ),
    counted AS (SELECT sites.*, parties, earliest FROM sites LEFT JOIN met ON met.site = sites.site)
SELECT
    segment,
    count() AS sites,
    countIf(looked AND parties > 0) AS numerator,
    countIf(looked) AS denominator,
    {{share numerator denominator}},
    countIf(looked AND counted.recorders > 0) AS recording,
    {{share recording denominator recording_}},
    countIf(typed AND grade >= 'K4') AS hearing,
    countIf(typed) AS typed_in,
    {{share hearing typed_in hearing_}},
    if(denominator = 0, NULL, quantileExactInclusiveIf(0.5)(parties, looked)) AS vendors_median,
    if(numerator = 0, NULL, quantileExactInclusiveIf(0.5)(assumeNotNull(earliest), parties > 0 AND earliest IS NOT NULL)) AS first_contact_median_ms
FROM counted
GROUP BY segment
ORDER BY denominator DESC, segment
LIMIT {limit:UInt64}
