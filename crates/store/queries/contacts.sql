-- When each vendor was asked for something on each visit of a site; the first 200 times.
SELECT visit_id, vendor, arraySlice(arraySort(groupArray(moment)), 1, 200) AS at_ms
FROM (
    SELECT visit_id, vendor, assumeNotNull(at_ms) AS moment
    FROM events FINAL
    WHERE run_id = {run:String}
      AND site = {site:String}
      AND fact = 'request'
      AND vendor != ''
      AND isNotNull(at_ms)
      AND (visit_id, recording) IN (SELECT visit_id, recording FROM visits FINAL WHERE run_id = {run:String} AND site = {site:String})
)
GROUP BY visit_id, vendor
ORDER BY visit_id, vendor
