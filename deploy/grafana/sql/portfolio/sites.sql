-- The sites on which most is heard: those with most who hear content first, then with most trackers.
SELECT
    site,
    any(sector) AS sector,
    max(trackers) AS trackers,
    max(recorders) AS recorders,
    max(grade) AS grade,
    min(first_contact_ms) AS first_contact_ms,
    max(requests) AS requests,
    max(wire_bytes) AS wire_bytes
FROM (
    SELECT site, sector, trackers, recorders, grade, first_contact_ms, requests, wire_bytes
    FROM counted_sites
    WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
      AND region = replaceAll(${region:singlequote}, '(usual)', '')
      AND kind = 'scan'
      AND night = toDateOrZero(${night:singlequote})
      AND $__conditionalAll(sector IN (${sector:singlequote}), $sector)
      AND looked
)
GROUP BY site
ORDER BY recorders DESC, trackers DESC, grade DESC, site
LIMIT 100
