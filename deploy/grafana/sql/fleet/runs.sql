-- Runs that began in the time range or go on: what they have and what they have done.
WITH
    going AS (
        SELECT run_id, started_at, label, portfolio, region, seeds, state
        FROM runs FINAL
        WHERE started_at <= $__toTime AND (state = 'running' OR started_at >= $__fromTime)
        ORDER BY started_at DESC
        LIMIT 50
    ),
    crawls AS (
        SELECT run_id AS of_run, uniqExact(start) AS crawled
        FROM seeds
        WHERE run_id IN (SELECT run_id FROM going)
        GROUP BY of_run
    ),
    opened AS (
        SELECT run_id AS of_run, count() AS visits, countIf(class = 'seen') AS seen
        FROM visits FINAL
        WHERE run_id IN (SELECT run_id FROM going)
        GROUP BY of_run
    )
SELECT
    started_at AS started,
    run_id AS run,
    label,
    if(portfolio = '', '(none)', toString(portfolio)) AS portfolio,
    if(region = '', '(usual)', toString(region)) AS region,
    toString(state) AS state,
    seeds AS targets,
    crawls.crawled AS crawled,
    opened.visits AS visits,
    opened.seen / nullIf(opened.visits, 0) AS share_seen
FROM going
LEFT JOIN crawls ON crawls.of_run = going.run_id
LEFT JOIN opened ON opened.of_run = going.run_id
ORDER BY started DESC
