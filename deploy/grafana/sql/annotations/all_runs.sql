-- Runs of any portfolio that began in the time range, from beginning to end.
SELECT
    started_at AS time,
    if(state = 'complete', updated_at, NULL) AS "timeEnd",
    concat('Run ', run_id) AS title,
    concat(label, ', ', toString(seeds), ' targets, ', state) AS text,
    concat(if(against = '', 'scan', 'verify'), ',', if(region = '', 'usual exit', region)) AS tags
FROM runs FINAL
WHERE $__timeFilter(started_at)
ORDER BY time
