-- What the latest complete scans that have visited a site came to, newest first.
SELECT
    run_id,
    toInt64(toUnixTimestamp(started_at)) * 1000 AS started_at,
    state,
    planned,
    seen,
    looked,
    trackers,
    recorders,
    grade,
    first_contact_ms
FROM counted_sites
WHERE site = {site:String} AND kind = 'scan'
ORDER BY started_at DESC, run_id DESC
LIMIT {limit:UInt64}
