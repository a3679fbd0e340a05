-- What each tracker does on each page of some sites in each state of consent, and which states were watched whole.
SELECT
    states.site AS site,
    states.page AS page,
    states.vendor AS vendor,
    states.vendor_name AS vendor_name,
    states.category AS category,
    states.exposure AS exposure,
    states.gating AS gating,
    states.gpc AS gpc,
    asked.untouched_whole + asked.reject_whole + asked.accept_whole > 0 AS before_whole,
    asked.reject_whole > 0 AS reject_whole
FROM (
    SELECT * FROM consent_states WHERE run_id = {run:String} AND site BETWEEN {first:String} AND {last:String}
) AS states
INNER JOIN (
    SELECT * FROM consent_pages WHERE run_id = {run:String} AND site BETWEEN {first:String} AND {last:String}
) AS asked ON asked.site = states.site AND asked.page = states.page
ORDER BY site, page, vendor
