-- Of the sites on which a vendor was met and a refusal was made and watched whole, those on which the vendor is told
-- something after it.
WITH
    {{sites}},
    {{vendors}},
    {{parties}}
SELECT
    class AS segment,
    party AS vendor,
    if(party = '', '', max(toString(vendor_name))) AS vendor_name,
    uniqExactIf(site, pages_rejected > 0) AS numerator,
    uniqExact(site) AS denominator,
    {{share numerator denominator}}
FROM parties
WHERE pages > 0 AND reject_watched > 0
GROUP BY class, party
ORDER BY numerator DESC, denominator DESC, vendor, segment
LIMIT {limit:UInt64} BY segment
