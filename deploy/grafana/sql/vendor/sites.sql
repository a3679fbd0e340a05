-- The sites on which the vendor was contacted in any state of consent.
SELECT
    site,
    max(pages_before) AS pages,
    min(first_contact_ms) AS first_contact_ms,
    max(requests) AS requests,
    max(wire_bytes) AS wire_bytes,
    max(grade) AS grade,
    toString(any(gating)) AS gating,
    toString(any(gpc)) AS gpc,
    toString(any(finding_id)) AS proof
FROM (
    SELECT site, pages_before, first_contact_ms, requests, wire_bytes, grade, gating, gpc, finding_id
    FROM counted_vendors
    WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
      AND region = replaceAll(${region:singlequote}, '(usual)', '')
      AND kind = 'scan'
      AND night = toDateOrZero(${night:singlequote})
      AND vendor = ${vendor:singlequote}
)
GROUP BY site
ORDER BY grade DESC, requests DESC, site
LIMIT 200
