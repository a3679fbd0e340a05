-- How the runs that were chosen came about: what each was asked to do, and by what its visits were made and judged.
SELECT
    rolled.run_id AS run_id,
    toString(rolled.rollup) AS rollup,
    toString(rolled.night) AS night,
    rolled.kind AS kind,
    formatDateTime(runs.started_at, '%Y-%m-%dT%H:%i:%SZ') AS started_at,
    rolled.label AS label,
    rolled.portfolio AS portfolio,
    rolled.region AS region,
    digest,
    seeds,
    pages_per_site,
    runs.profiles AS profiles,
    repetitions,
    visits,
    rulesets,
    versions,
    browsers,
    egresses
FROM (SELECT * FROM rolled WHERE run_id IN (SELECT run_id FROM chosen)) AS rolled
INNER JOIN (
    SELECT run_id, started_at, digest, seeds, pages_per_site, profiles, repetitions FROM runs FINAL
) AS runs ON runs.run_id = rolled.run_id
LEFT JOIN (
    SELECT
        run_id,
        count() AS visits,
        arraySort(groupUniqArray(ruleset)) AS rulesets,
        arraySort(groupUniqArray(earshot)) AS versions,
        arraySort(groupUniqArray(browser)) AS browsers,
        arraySort(groupUniqArray(egress)) AS egresses
    FROM visits FINAL
    WHERE run_id IN (SELECT run_id FROM chosen)
    GROUP BY run_id
) AS made ON made.run_id = rolled.run_id
ORDER BY rolled.run_id
