-- A run that a schedule, or the same command, has started before and that has not ended.
SELECT ?fields
FROM runs FINAL
WHERE state NOT IN ('complete', 'cancelled')
  AND run_id != {run:String}
  AND (digest = {digest:String} OR run_id IN (SELECT run_id FROM schedule_log WHERE schedule = {schedule:String} AND outcome = 'started'))
ORDER BY run_id DESC
LIMIT 1
