-- Visits that began, in a minute, by how they ended.
SELECT
    $__timeInterval(started_at) AS time,
    countIf(class = 'seen' AND outcome != 'partial') * 60 / $__interval_s AS seen,
    countIf(class = 'seen' AND outcome = 'partial') * 60 / $__interval_s AS partial,
    countIf(class = 'blocked') * 60 / $__interval_s AS blocked,
    countIf(class = 'failed') * 60 / $__interval_s AS failed,
    countIf(class = 'refused') * 60 / $__interval_s AS refused,
    countIf(class = 'absent') * 60 / $__interval_s AS absent
FROM visits FINAL
WHERE run_id IN (
      SELECT run_id
      FROM runs FINAL
      WHERE started_at <= $__toTime AND (state = 'running' OR updated_at >= $__fromTime)
  )
  AND $__timeFilter(started_at)
GROUP BY time
ORDER BY time
