-- How visits of the time range ended.
SELECT
    countIf(class = 'seen' AND outcome != 'partial') AS seen,
    countIf(class = 'seen' AND outcome = 'partial') AS partial,
    countIf(class = 'blocked') AS blocked,
    countIf(class = 'failed') AS failed,
    countIf(class = 'refused') AS refused,
    countIf(class = 'absent') AS absent
FROM visits FINAL
WHERE run_id IN (
      SELECT run_id
      FROM runs FINAL
      WHERE started_at <= $__toTime AND (state = 'running' OR updated_at >= $__fromTime)
  )
  AND $__timeFilter(started_at)
