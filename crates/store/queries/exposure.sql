-- Who listens: one row per third party that was contacted, over the pages that were seen. The denominator of the share
-- is the number of sites of which at least one page was seen; blocked and failed pages say nothing either way. A page
-- that was visited under several profiles counts once: under the profile that leaves banners alone, if the run has it.
WITH
    (SELECT has(arrayFlatten(groupArray(profiles)), 'untouched') FROM runs FINAL WHERE run_id = {run:String}) AS has_untouched,
    seen AS (
        SELECT visit_id, recording, site
        FROM visits FINAL
        WHERE run_id = {run:String} AND class = 'seen' AND (profile = 'untouched' OR NOT has_untouched)
    ),
    (SELECT uniqExact(site) FROM seen) AS all_sites,
    counted AS (
        -- Where pages differ about a party (another version judged some of them), the worst that was said of it counts.
        SELECT *, indexOf(['content', 'tracker', 'unknown', 'none'], exposure) AS severity
        FROM findings FINAL
        WHERE run_id = {run:String}
          AND rule = 'pre_consent_contact'
          AND (visit_id, recording) IN (SELECT visit_id, recording FROM seen)
    )
SELECT
    vendor,
    argMin(vendor_name, severity) AS vendor_name,
    argMin(category, severity) AS category,
    argMin(exposure, severity) AS exposure,
    uniqExact(site) AS sites,
    assumeNotNull(all_sites) AS sites_seen,
    sites / sites_seen AS share,
    quantileExactInclusive(0.5)(first_contact_ms) AS median_first_contact_ms,
    quantileExactInclusive(0.95)(first_contact_ms) AS p95_first_contact_ms,
    uniqExact(page) AS pages,
    sum(requests) AS requests,
    sum(uploads) AS uploads,
    sum(wire_bytes) AS wire_bytes,
    sum(decoded_bytes) AS decoded_bytes,
    arraySort(groupUniqArrayArray(stored)) AS stored
FROM counted
GROUP BY vendor
ORDER BY indexOf(['content', 'tracker', 'unknown', 'none'], exposure), sites DESC, median_first_contact_ms, vendor
