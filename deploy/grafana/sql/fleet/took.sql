-- How long visits took that saw their page.
SELECT
    $__timeInterval(started_at) AS time,
    quantile(0.5)(took_ms) AS p50_ms,
    quantile(0.9)(took_ms) AS p90_ms,
    quantile(0.99)(took_ms) AS p99_ms
FROM visits FINAL
WHERE run_id IN (
      SELECT run_id
      FROM runs FINAL
      WHERE started_at <= $__toTime AND (state = 'running' OR updated_at >= $__fromTime)
  )
  AND $__timeFilter(started_at)
  AND class = 'seen'
GROUP BY time
ORDER BY time
