-- Runs that go on, oldest first, and how far each is: one row a run.
WITH
    the_runs AS (
        SELECT run_id, label, started_at, seeds, length(profiles) * repetitions AS visits
        FROM runs FINAL
        WHERE state = 'running'
    ),
    the_seeds AS (
        SELECT run_id, count() AS crawled, uniqExactArray(pages) AS pages
        FROM seeds FINAL
        WHERE run_id IN (SELECT run_id FROM the_runs)
        GROUP BY run_id
    ),
    the_visits AS (
        SELECT
            run_id,
            count() AS recorded,
            countIf(class NOT IN ('seen', 'absent')) AS unseen,
            countIf(recorded_at > now64(6) - INTERVAL 1 MINUTE) AS last_minute
        FROM visits FINAL
        WHERE run_id IN (SELECT run_id FROM the_runs)
        GROUP BY run_id
    )
SELECT
    the_runs.run_id AS run_id,
    the_runs.label AS label,
    toInt64(toUnixTimestamp(the_runs.started_at)) AS started,
    the_runs.seeds AS seeds,
    the_seeds.crawled AS crawled,
    -- Two targets may choose the same page: it is visited once.
    toUInt64(the_seeds.pages * the_runs.visits) AS planned,
    the_visits.recorded AS recorded,
    the_visits.unseen AS unseen,
    the_visits.last_minute AS last_minute
FROM the_runs
LEFT JOIN the_seeds ON the_seeds.run_id = the_runs.run_id
LEFT JOIN the_visits ON the_visits.run_id = the_runs.run_id
ORDER BY run_id
