-- What could not be looked at, by kind: of what was recorded in the time range.
SELECT toString(kind) AS gap, count() AS gaps, uniqExact(visit_id) AS visits
FROM gaps FINAL
WHERE run_id IN (
      SELECT run_id
      FROM runs FINAL
      WHERE started_at <= $__toTime AND (state = 'running' OR updated_at >= $__fromTime)
  )
  AND $__timeFilter(recorded_at)
GROUP BY gap
ORDER BY gaps DESC, gap
LIMIT 50
