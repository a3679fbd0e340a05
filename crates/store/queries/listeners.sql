-- Whose scripts listen to keys and read fields, and what. The denominator of the share is the number of sites of which
-- at least one page was seen.
WITH
    seen AS (
        SELECT visit_id, recording, site
        FROM visits FINAL
        WHERE run_id = {run:String} AND class = 'seen'
    ),
    (SELECT uniqExact(site) FROM seen) AS all_sites,
    counted AS (
        -- Where pages differ about a party (another version judged some of them), the worst that was said of it counts.
        SELECT *, indexOf(['content', 'tracker', 'unknown', 'none'], exposure) AS severity
        FROM findings FINAL
        WHERE run_id = {run:String}
          AND rule = 'listening'
          AND (visit_id, recording) IN (SELECT visit_id, recording FROM seen)
    )
SELECT
    vendor,
    argMin(vendor_name, severity) AS vendor_name,
    argMin(category, severity) AS category,
    argMin(exposure, severity) AS exposure,
    arraySort(groupUniqArrayArray(listens)) AS listens,
    arraySort(groupUniqArrayArray(reads)) AS reads,
    uniqExact(site) AS sites,
    assumeNotNull(all_sites) AS sites_seen,
    sites / sites_seen AS share,
    uniqExact(page) AS pages
FROM counted
GROUP BY vendor
ORDER BY sites DESC, pages DESC, vendor
