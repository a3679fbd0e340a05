-- The last decisions about each schedule, newest first.
SELECT ?fields
FROM schedule_log FINAL
ORDER BY schedule, due DESC
LIMIT {limit:UInt64} BY schedule
