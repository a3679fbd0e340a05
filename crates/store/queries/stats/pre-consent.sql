-- Of the sites that were looked at, those that contact anybody in scope before any choice; and how many they contact.
WITH
    {{sites}},
    {{vendors}},
    met AS (SELECT site, uniqExact(vendor) AS parties FROM vendors WHERE pages_before > 0 GROUP BY site),
    counted AS (SELECT segment, parties FROM sites LEFT JOIN met ON met.site = sites.site WHERE looked)
SELECT
    segment,
    countIf(parties > 0) AS numerator,
    count() AS denominator,
    {{share numerator denominator}},
    if(denominator = 0, NULL, avg(parties)) AS vendors_mean,
    if(denominator = 0, NULL, quantileExactInclusive(0.5)(parties)) AS vendors_median,
    if(denominator = 0, NULL, quantileExactInclusive(0.9)(parties)) AS vendors_p90,
    max(parties) AS vendors_max
FROM counted
GROUP BY segment
ORDER BY share DESC, denominator DESC, segment
LIMIT {limit:UInt64}
