-- The sites in scope on which the vendors are met by the newest scan of the site, worst first: those where they are sent what is typed,
-- then those that contact them before any choice, on most pages.
WITH
    {{sites}},
    met AS (
        SELECT
            site, run_id, night, vendor, pages, pages_before, first_contact_ms, grade, pages_rejected, gating, finding_id,
            count() OVER () AS all_sites
        FROM counted_vendors
        WHERE {{scope}}
          AND {{parties_in_scope}}
          AND pages > 0
          AND (site, run_id) IN (SELECT site, run_id FROM sites)
        ORDER BY grade >= 'K4' DESC, if(grade >= 'K4', grade, '') DESC, pages_before DESC, pages DESC, site, vendor
        LIMIT {limit:UInt64} OFFSET {offset:UInt64}
    )
SELECT
    site,
    run_id,
    toString(met.night) AS night,
    vendor,
    pages,
    pages_before,
    first_contact_ms,
    grade,
    pages_rejected,
    gating,
    finding_id,
    all_sites
FROM met
ORDER BY grade >= 'K4' DESC, if(grade >= 'K4', grade, '') DESC, pages_before DESC, pages DESC, site, vendor
