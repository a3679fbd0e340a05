-- The sites in scope on which the vendors are met by the newest scan of the site, worst first: those where they are sent what is typed,
-- then those that contact them before any choice, on most pages.
WITH
    {{sites}}
SELECT
    site,
    run_id,
    toString(night) AS on_night,
    toString(vendor) AS party,
    pages,
    pages_before,
    first_contact_ms,
    toString(grade) AS heard,
    pages_rejected,
    toString(gating) AS gates,
    finding_id,
    count() OVER () AS all_sites
FROM counted_vendors
WHERE {{scope}}
  AND {{parties_in_scope}}
  AND pages > 0
  AND (site, run_id) IN (SELECT site, run_id FROM sites)
ORDER BY grade >= 'K4' DESC, if(grade >= 'K4', grade, '') DESC, pages_before DESC, pages DESC, site, party
LIMIT {limit:UInt64} OFFSET {offset:UInt64}
