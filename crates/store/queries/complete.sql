-- Whether every target of a run was crawled and every planned page recorded: one row. The coordinator asks this twice a
-- second, so it is told nothing else. A visit that was recorded twice has one id.
SELECT the_seeds.crawled >= the_run.seeds AND the_visits.recorded >= the_seeds.pages * the_run.visits AS complete
FROM (SELECT sum(seeds) AS seeds, sum(length(profiles) * repetitions) AS visits FROM runs FINAL WHERE run_id = {run:String}) AS the_run
CROSS JOIN (SELECT count() AS crawled, uniqExactArray(pages) AS pages FROM seeds FINAL WHERE run_id = {run:String}) AS the_seeds
CROSS JOIN (SELECT uniqExact(visit_id) AS recorded FROM visits WHERE run_id = {run:String}) AS the_visits
