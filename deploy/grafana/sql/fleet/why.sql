-- What visits met that did not see their page, commonest first.
SELECT toString(outcome) AS outcome, toString(any(class)) AS state, count() AS visits, uniqExact(site) AS sites
FROM visits FINAL
WHERE run_id IN (
      SELECT run_id
      FROM runs FINAL
      WHERE started_at <= $__toTime AND (state = 'running' OR updated_at >= $__fromTime)
  )
  AND $__timeFilter(started_at)
  AND class != 'seen'
GROUP BY outcome
ORDER BY visits DESC, outcome
LIMIT 50
