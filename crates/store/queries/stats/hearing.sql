-- Who hears what is typed: of the sites on which something was typed and the vendor was met, those on which it is sent what was
-- typed, or a hash or checksum of it.
WITH
    {{sites}},
    {{vendors}},
    {{parties}},
    heard AS (
        SELECT class, party, site, if(party = '', '', max(toString(vendor_name))) AS name, max(toString(parties.grade)) AS worst
        FROM parties
        WHERE typed
        GROUP BY class, party, site
    )
SELECT
    class AS segment,
    party AS vendor,
    max(name) AS vendor_name,
    countIf(worst >= 'K4') AS numerator,
    count() AS denominator,
    {{share numerator denominator}},
    countIf(worst = 'K0') AS k0,
    countIf(worst = 'K1') AS k1,
    countIf(worst = 'K2') AS k2,
    countIf(worst = 'K3') AS k3,
    countIf(worst = 'K4') AS k4,
    countIf(worst = 'K5') AS k5,
    countIf(worst = 'K6') AS k6,
    countIf(worst = '') AS unknown
FROM heard
GROUP BY class, party
ORDER BY numerator DESC, denominator DESC, vendor, segment
LIMIT {limit:UInt64} BY segment
