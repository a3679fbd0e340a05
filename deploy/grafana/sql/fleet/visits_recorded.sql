-- Visits that began in the time range and are recorded.
SELECT uniqExact(visit_id) AS visits
FROM visits
WHERE run_id IN (
      SELECT run_id
      FROM runs FINAL
      WHERE started_at <= $__toTime AND (state = 'running' OR updated_at >= $__fromTime)
  )
  AND $__timeFilter(started_at)
