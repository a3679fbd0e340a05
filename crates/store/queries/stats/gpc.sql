-- Of the sites on which it is known what Global Privacy Control does to a vendor, those on which it is ignored.
WITH
    {{sites}},
    {{vendors}},
    {{parties}}
SELECT
    class AS segment,
    party AS vendor,
    if(party = '', '', max(toString(vendor_name))) AS vendor_name,
    uniqExactIf(site, gpc = 'ignored') AS numerator,
    uniqExactIf(site, gpc != 'unknown') AS denominator,
    {{share numerator denominator}},
    toUInt64(uniqExact(site) - denominator) AS unknown
FROM parties
WHERE pages > 0 AND gpc_watched > 0
GROUP BY class, party
ORDER BY numerator DESC, denominator DESC, vendor, segment
LIMIT {limit:UInt64} BY segment
