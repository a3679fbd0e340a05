-- Who was contacted that night, in any state of consent.
SELECT
    vendor,
    toString(vendor_name) AS vendor_name,
    toString(category) AS category,
    toString(exposure) AS exposure,
    pages_before AS pages,
    first_contact_ms,
    requests,
    toString(grade) AS grade,
    toString(gating) AS gating,
    toString(gpc) AS gpc,
    arrayStringConcat(brought_by, ', ') AS bringer,
    toString(finding_id) AS proof
FROM counted_vendors
WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
  AND region = replaceAll(${region:singlequote}, '(usual)', '')
  AND kind = 'scan'
  AND night = toDateOrZero(${night:singlequote})
  AND site = ${site:singlequote}
ORDER BY indexOf(['content', 'tracker', 'unknown', 'none'], exposure), requests DESC, vendor
LIMIT 500
