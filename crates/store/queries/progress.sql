-- How far a run is: one row. As little as can be is read, visits twice and the rest once: whoever waits for a run asks this over and over.
WITH
    the_visits AS (SELECT visit_id, recording, class FROM visits FINAL WHERE run_id = {run:String})
SELECT
    the_run.seeds AS seeds,
    the_seeds.crawled AS crawled,
    -- Two targets may choose the same page: it is visited once.
    the_seeds.pages * the_run.visits AS planned,
    of_visits.recorded AS recorded,
    of_findings.trackers AS trackers,
    of_visits.blocked AS blocked,
    of_visits.failed AS failed,
    of_visits.refused AS refused
FROM (SELECT sum(seeds) AS seeds, sum(length(profiles) * repetitions) AS visits FROM runs FINAL WHERE run_id = {run:String}) AS the_run
CROSS JOIN (SELECT count() AS crawled, uniqExactArray(pages) AS pages FROM seeds FINAL WHERE run_id = {run:String}) AS the_seeds
CROSS JOIN (
    SELECT
        count() AS recorded,
        countIf(class = 'blocked') AS blocked,
        countIf(class = 'failed') AS failed,
        countIf(class = 'refused') AS refused
    FROM the_visits
) AS of_visits
CROSS JOIN (
    SELECT uniqExact(vendor) AS trackers
    FROM findings
    WHERE run_id = {run:String}
      AND rule = 'pre_consent_contact'
      AND exposure IN ('tracker', 'content')
      AND (visit_id, recording) IN (SELECT visit_id, recording FROM the_visits)
) AS of_findings
