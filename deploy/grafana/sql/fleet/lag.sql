-- How long after its end a visit was recorded: the longest of nine tenths of the visits.
SELECT
    $__timeInterval(started_at) AS time,
    quantile(0.9)(greatest(0, dateDiff('millisecond', started_at, recorded_at) - took_ms)) / 1000 AS lag_s
FROM visits FINAL
WHERE run_id IN (
      SELECT run_id
      FROM runs FINAL
      WHERE started_at <= $__toTime AND (state = 'running' OR updated_at >= $__fromTime)
  )
  AND $__timeFilter(started_at)
GROUP BY time
ORDER BY time
