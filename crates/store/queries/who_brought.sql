-- Which script or tag container brought which vendor into pages. The denominator of the share is the number of sites on
-- which the vendor was contacted, on pages that were seen.
WITH
    seen AS (SELECT visit_id, recording FROM visits FINAL WHERE run_id = {run:String} AND class = 'seen'),
    contacts AS (
        SELECT vendor, vendor_name, site, page, brought_by
        FROM findings FINAL
        WHERE run_id = {run:String}
          AND rule = 'pre_consent_contact'
          AND (visit_id, recording) IN (SELECT visit_id, recording FROM seen)
    ),
    everywhere AS (SELECT vendor, uniqExact(site) AS vendor_sites FROM contacts GROUP BY vendor),
    brought AS (
        SELECT vendor, any(vendor_name) AS name, bringer, uniqExact(site) AS bringer_sites, uniqExact(page) AS bringer_pages
        FROM contacts
        ARRAY JOIN brought_by AS bringer
        GROUP BY vendor, bringer
    )
SELECT
    brought.vendor AS vendor,
    brought.name AS vendor_name,
    brought.bringer AS brought_by,
    brought.bringer_sites AS sites,
    everywhere.vendor_sites AS sites_of_vendor,
    bringer_sites / vendor_sites AS share,
    brought.bringer_pages AS pages
FROM brought
INNER JOIN everywhere ON everywhere.vendor = brought.vendor
ORDER BY sites DESC, vendor, brought_by
