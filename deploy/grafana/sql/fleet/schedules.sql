-- What became of the times at which schedules were due.
SELECT
    due,
    toString(schedule) AS schedule,
    if(portfolio = '', '(none)', toString(portfolio)) AS portfolio,
    toString(outcome) AS outcome,
    run_id AS run,
    detail
FROM schedule_log FINAL
WHERE $__timeFilter(due)
ORDER BY due DESC, schedule
LIMIT 200
