-- For how many minutes nothing has been recorded, of the runs that go on: no crawl, no visit, and none was started.
WITH going AS (SELECT run_id, started_at FROM runs FINAL WHERE state = 'running')
SELECT toFloat64(dateDiff('second', max(moment), now64(3))) / 60 AS value
FROM (
    SELECT max(started_at) AS moment FROM going
    UNION ALL
    SELECT max(recorded_at) FROM visits WHERE run_id IN (SELECT run_id FROM going)
    UNION ALL
    SELECT max(recorded_at) FROM seeds WHERE run_id IN (SELECT run_id FROM going)
)
HAVING (SELECT count() FROM going) > 0
