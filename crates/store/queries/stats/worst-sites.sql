-- The sites on which most is heard, most is recorded, most are contacted, in this order.
WITH
    {{sites}},
    {{vendors}},
    met AS (
        SELECT
            site,
            uniqExactIf(vendor, pages_before > 0) AS parties,
            uniqExactIf(vendor, pages_before > 0 AND exposure = 'content') AS recording,
            uniqExactIf(vendor, pages_rejected > 0) AS after_refusal,
            uniqExactIf(vendor, pages_gpc > 0) AS opted_out,
            minIf(first_contact_ms, pages_before > 0) AS earliest
        FROM vendors
        GROUP BY site
    )
SELECT
    segment,
    sites.site AS site,
    owner,
    sector,
    night,
    sites.grade AS grade,
    recording AS recorders,
    parties AS vendors,
    if(reject_watched > 0, after_refusal, NULL) AS despite_reject,
    if(gpc_watched > 0, opted_out, NULL) AS under_gpc,
    if(parties > 0, earliest, NULL) AS first_contact_ms,
    run_id
FROM sites
INNER JOIN met ON met.site = sites.site
WHERE parties > 0 OR after_refusal > 0 OR opted_out > 0 OR grade >= 'K4'
ORDER BY grade >= 'K4' DESC, if(grade >= 'K4', grade, '') DESC, recorders DESC, vendors DESC, despite_reject DESC NULLS LAST, first_contact_ms, site
LIMIT {limit:UInt64} BY segment
