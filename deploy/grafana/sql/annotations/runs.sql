-- Runs that began in the time range, from beginning to end.
SELECT
    started_at AS time,
    if(state = 'complete', updated_at, NULL) AS "timeEnd",
    concat('Run ', run_id) AS title,
    concat(label, ', ', toString(seeds), ' targets, ', state) AS text,
    concat(if(against = '', 'scan', 'verify'), ',', if(region = '', 'usual exit', region)) AS tags
FROM runs FINAL
WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '') AND $__timeFilter(started_at)
ORDER BY time
