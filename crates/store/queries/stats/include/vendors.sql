-- What vendors in scope do on those sites, with what is known of the site.
vendors AS (
    SELECT
        vendor, site, vendor_name, category, exposure, pages, pages_before, page_kinds, first_contact_ms, grade,
        pages_rejected, pages_gpc, gating, gpc, mode_ignored, brought_by,
        on.segment AS segment,
        on.typed AS typed,
        on.reject_watched AS reject_watched,
        on.gpc_watched AS gpc_watched,
        on.no_banner AS no_banner
    FROM counted_vendors
    INNER JOIN (
        SELECT site, run_id, segment, typed, reject_watched, gpc_watched, no_banner FROM sites
    ) AS on ON on.site = counted_vendors.site AND on.run_id = counted_vendors.run_id
    WHERE {{scope}} AND {{parties_in_scope}}
)
