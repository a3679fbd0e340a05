-- Who hears what is typed, and how much: one row per party, about the pages on which it hears most, with how many sites
-- there are on which it hears anything that was sent. The denominator of the share is the number of sites on which
-- something was typed on at least one page that was seen; where nothing was typed, nobody knows.
WITH
    seen AS (
        SELECT visit_id, recording, site
        FROM visits FINAL
        WHERE run_id = {run:String} AND class = 'seen'
    ),
    (
        SELECT uniqExact(site)
        FROM events FINAL
        WHERE run_id = {run:String}
          AND fact = 'entry'
          AND count > 0
          AND (visit_id, recording) IN (SELECT visit_id, recording FROM seen)
    ) AS all_sites,
    counted AS (
        SELECT
            *,
            indexOf(['content', 'tracker', 'unknown', 'none'], exposure) AS severity,
            max(grade) OVER (PARTITION BY vendor) AS highest,
            grade = highest AS at_most,
            arrayFilter(one -> one.4 = grade, heard) AS best
        FROM findings FINAL
        WHERE run_id = {run:String}
          AND rule = 'keystrokes'
          AND (visit_id, recording) IN (SELECT visit_id, recording FROM seen)
    )
SELECT
    vendor,
    argMin(vendor_name, severity) AS vendor_name,
    argMin(category, severity) AS category,
    argMin(exposure, severity) AS exposure,
    any(highest) AS grade,
    arraySort(groupUniqArrayArrayIf(arrayMap(one -> one.2, best), at_most)) AS kinds,
    arraySort(form -> (form != 'whole', form), groupUniqArrayArrayIf(arrayMap(one -> one.5, best), at_most)) AS forms,
    uniqExactIf(site, at_most) AS sites,
    uniqExact(site) AS sites_any,
    assumeNotNull(all_sites) AS sites_typed,
    if(sites_typed = 0, 0, sites / sites_typed) AS share,
    uniqExactIf(page, at_most) AS pages,
    max(mapContains(details, 'grows')) = 1 AS grows
FROM counted
GROUP BY vendor
ORDER BY grade DESC, sites DESC, pages DESC, vendor
