-- Who made the pages of a site ask whom: requests whose cause is a document or script of another party. Empty texts stand for the
-- site itself. Only visits that saw their page, under the profile that leaves banners alone if the run has it.
WITH
    (SELECT has(arrayFlatten(groupArray(profiles)), 'untouched') FROM runs FINAL WHERE run_id = {run:String}) AS has_untouched,
    seen AS (
        SELECT visit_id, recording
        FROM visits FINAL
        WHERE run_id = {run:String} AND site = {site:String} AND class = 'seen' AND (profile = 'untouched' OR NOT has_untouched)
    ),
    requests AS (
        SELECT visit_id, page, seq, cause, at_ms, if(vendor != '', toString(vendor), third_party) AS party
        FROM events FINAL
        WHERE run_id = {run:String}
          AND site = {site:String}
          AND fact = 'request'
          AND (visit_id, recording) IN (SELECT visit_id, recording FROM seen)
    )
SELECT
    causing.party AS loader,
    asked.party AS loaded,
    count() AS requests,
    uniqExact(asked.page) AS pages,
    min(asked.at_ms) AS first_ms
FROM (SELECT * FROM requests WHERE isNotNull(cause)) AS asked
INNER JOIN (SELECT visit_id, seq, party FROM requests) AS causing
    ON causing.visit_id = asked.visit_id AND causing.seq = assumeNotNull(asked.cause)
WHERE loader != loaded
GROUP BY loader, loaded
ORDER BY loader, requests DESC, loaded
LIMIT 1000
