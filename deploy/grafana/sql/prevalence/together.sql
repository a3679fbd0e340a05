-- Who is met together: pairs of the forty commonest trackers. Lift: how many times as often as if neither knew of the other.
WITH
    (
        SELECT uniqExactIf(site, looked)
        FROM counted_sites
        WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
          AND region = replaceAll(${region:singlequote}, '(usual)', '')
          AND kind = 'scan'
          AND night = toDateOrZero(${night:singlequote})
          AND $__conditionalAll(sector IN (${sector:singlequote}), $sector)
    ) AS looked_at,
    met AS (
        SELECT DISTINCT vendor, site
        FROM counted_vendors
        WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
          AND region = replaceAll(${region:singlequote}, '(usual)', '')
          AND kind = 'scan'
          AND night = toDateOrZero(${night:singlequote})
          AND pages_before > 0
          AND exposure IN ('tracker', 'content')
          AND $__conditionalAll(
              site IN (
                  SELECT site
                  FROM counted_sites
                  WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
                    AND region = replaceAll(${region:singlequote}, '(usual)', '')
                    AND kind = 'scan'
                    AND night = toDateOrZero(${night:singlequote})
                    AND sector IN (${sector:singlequote})
              ),
              $sector
          )
    ),
    commonest AS (SELECT vendor, count() AS sites FROM met GROUP BY vendor ORDER BY sites DESC, vendor LIMIT 40),
    by_site AS (
        SELECT arraySort(groupArray(vendor)) AS there
        FROM met
        WHERE vendor IN (SELECT vendor FROM commonest)
        GROUP BY site
    ),
    pairs AS (
        SELECT pair.1 AS one, pair.2 AS other, count() AS together
        FROM by_site
        ARRAY JOIN arrayFlatten(arrayMap((a, i) -> arrayMap(b -> (a, b), arraySlice(there, i + 1)), there, arrayEnumerate(there))) AS pair
        GROUP BY one, other
    )
SELECT
    toString(one) AS vendor,
    toString(other) AS beside,
    together AS sites,
    together / nullIf(looked_at, 0) AS share,
    share / (first.sites / looked_at * second.sites / looked_at) AS lift
FROM pairs
INNER JOIN commonest AS first ON first.vendor = pairs.one
INNER JOIN commonest AS second ON second.vendor = pairs.other
ORDER BY sites DESC, lift DESC, vendor, beside
LIMIT 100
