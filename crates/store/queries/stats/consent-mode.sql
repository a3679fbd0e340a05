-- Of the sites whose pages say by Google's consent mode that storage is denied, those on which a tag of Google's takes data
-- all the same. What pages say stands with the visits.
WITH
    {{sites}},
    {{vendors}},
    {{parties}},
    denying AS (
        SELECT DISTINCT run_id, site
        FROM visits FINAL
        WHERE class = 'seen'
          AND run_id IN (SELECT run_id FROM counted_sites WHERE {{scope}})
          AND arrayExists(said -> said.1 = 'google_consent_mode' AND match(said.2, '(analytics|ad)_storage denied'), signals)
    ),
    ignoring AS (SELECT DISTINCT site FROM vendors WHERE mode_ignored),
    denied AS (
        SELECT site, segment
        FROM sites
        WHERE (site, run_id) IN (SELECT site, run_id FROM denying) OR site IN (SELECT site FROM ignoring)
    ),
    said AS (
        SELECT segment, class, party, if(party = '', '', max(toString(vendor_name))) AS name, uniqExact(site) AS sites_ignoring, 0 AS sites_denied
        FROM parties
        WHERE mode_ignored
        GROUP BY segment, class, party
        UNION ALL
        SELECT segment, segment, '', '', 0, count() FROM denied GROUP BY segment
    ),
    of_all AS (SELECT *, max(sites_denied) OVER (PARTITION BY segment) AS all_denied FROM said)
SELECT
    class AS segment,
    party AS vendor,
    max(of_all.name) AS vendor_name,
    sum(sites_ignoring) AS numerator,
    any(all_denied) AS denominator,
    {{share numerator denominator}}
FROM of_all
WHERE all_denied > 0
GROUP BY class, party
ORDER BY numerator DESC, vendor, segment
LIMIT {limit:UInt64} BY segment
