-- The sites with the most points, by the score of docs/score.md, as far as roll-ups know what it asks for.
WITH
    {{sites}},
    {{vendors}},
    met AS (
        SELECT
            site,
            uniqExactIf(vendor, pages_before > 0) AS parties,
            uniqExactIf(vendor, pages_before > 0 AND exposure = 'content') AS recording,
            uniqExactIf(vendor, pages_before > 0 AND exposure IN ('content', 'tracker')) AS tracking,
            uniqExactIf(vendor, pages_rejected > 0) AS after_refusal,
            uniqExactIf(vendor, pages_rejected > 0 AND exposure IN ('content', 'tracker')) AS tracking_refused,
            uniqExactIf(vendor, pages_rejected > 0 AND exposure = 'content') AS recording_refused,
            uniqExactIf(vendor, pages_gpc > 0) AS opted_out,
            uniqExactIf(vendor, pages_gpc > 0 AND exposure IN ('content', 'tracker')) AS tracking_opted_out,
            countIf(gating = 'no_banner') AS unasked,
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
    toUInt64(
        if(recording = 0, 0, least(20 + 5 * (recording - 1), 30))
        + least(tracking, 10)
        + multiIf(sites.grade >= 'K5', 20, sites.grade = 'K4', 10, 0)
        + multiIf(recording_refused > 0, 20, tracking_refused > 0, 15, 0)
        + if(tracking_opted_out > 0, 10, 0)
        + if(unasked > 0 OR no_reject, 5, 0)
        -- What a site is about exposes nobody by itself.
        + if(sensitive IN ('health', 'financial', 'government')
             AND (tracking + tracking_refused + tracking_opted_out > 0 OR sites.grade >= 'K4'), 5, 0)
    ) AS points,
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
ORDER BY points DESC, grade >= 'K4' DESC, if(grade >= 'K4', grade, '') DESC, recorders DESC, vendors DESC, despite_reject DESC NULLS LAST, first_contact_ms, site
LIMIT {limit:UInt64} BY segment
