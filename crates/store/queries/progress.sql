-- How far a run is: one row.
WITH
    the_run AS (SELECT seeds, length(profiles) * repetitions AS visits FROM runs FINAL WHERE run_id = {run:String}),
    the_seeds AS (SELECT pages FROM seeds FINAL WHERE run_id = {run:String}),
    the_visits AS (SELECT visit_id, recording, class FROM visits FINAL WHERE run_id = {run:String})
SELECT
    ifNull((SELECT sum(seeds) FROM the_run), 0) AS seeds,
    ifNull((SELECT count() FROM the_seeds), 0) AS crawled,
    -- Two targets may choose the same page: it is visited once.
    ifNull((SELECT uniqExactArray(pages) FROM the_seeds) * (SELECT sum(visits) FROM the_run), 0) AS planned,
    ifNull((SELECT count() FROM the_visits), 0) AS recorded,
    ifNull((
        SELECT uniqExact(vendor)
        FROM findings
        WHERE run_id = {run:String}
          AND rule = 'pre_consent_contact'
          AND exposure IN ('tracker', 'content')
          AND (visit_id, recording) IN (SELECT visit_id, recording FROM the_visits)
    ), 0) AS trackers,
    ifNull((SELECT countIf(class = 'blocked') FROM the_visits), 0) AS blocked,
    ifNull((SELECT countIf(class = 'failed') FROM the_visits), 0) AS failed,
    ifNull((SELECT countIf(class = 'refused') FROM the_visits), 0) AS refused
