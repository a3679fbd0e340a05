-- Trackers that are on sites and were not the night before, and the other way round; only sites that were looked at on both nights.
WITH
    toDateOrZero(${night:singlequote}) AS this_night,
    (
        SELECT max(night)
        FROM rolled
        WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
          AND region = replaceAll(${region:singlequote}, '(usual)', '')
          AND kind = 'scan'
          AND night < this_night
    ) AS night_before,
    both AS (
        SELECT site
        FROM counted_sites
        WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
          AND region = replaceAll(${region:singlequote}, '(usual)', '')
          AND kind = 'scan'
          AND night IN (this_night, night_before)
          AND looked
          AND $__conditionalAll(sector IN (${sector:singlequote}), $sector)
        GROUP BY site
        HAVING uniqExact(night) = 2
    )
SELECT
    vendor,
    any(name) AS vendor_name,
    any(what) AS category,
    if(min(no_content), 'tracker', 'content') AS exposure,
    countIf(now) AS appeared,
    countIf(NOT now) AS gone
FROM (
    SELECT
        vendor,
        site,
        any(vendor_name) AS name,
        any(category) AS what,
        min(exposure != 'content') AS no_content,
        max(night = this_night) AS now,
        max(night = night_before) AS earlier
    FROM counted_vendors
    WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
      AND region = replaceAll(${region:singlequote}, '(usual)', '')
      AND kind = 'scan'
      AND night IN (this_night, night_before)
      AND pages_before > 0
      AND exposure IN ('tracker', 'content')
    GROUP BY vendor, site
    HAVING now != earlier
)
WHERE site IN (SELECT site FROM both)
GROUP BY vendor
ORDER BY appeared DESC, gone DESC, vendor
LIMIT 100
