-- How much of a run has left by its age: targets of a complete run whose crawl is known no more; visits of which something was
-- recorded and nothing is left. An empty site means every site; targets are always those of the whole run.
WITH
    the_visits AS (SELECT visit_id, recording, events, findings FROM visits FINAL WHERE run_id = {run:String} AND ({site:String} = '' OR site = {site:String})),
    (SELECT sumIf(seeds, state = 'complete') FROM runs FINAL WHERE run_id = {run:String}) AS asked,
    (SELECT count() FROM seeds FINAL WHERE run_id = {run:String}) AS crawled
SELECT
    toUInt64(greatest(toInt64(ifNull(asked, 0)) - toInt64(ifNull(crawled, 0)), 0)) AS targets,
    countIf(findings > 0 AND (visit_id, recording) NOT IN (SELECT visit_id, recording FROM findings WHERE run_id = {run:String} AND ({site:String} = '' OR site = {site:String}))) AS findings,
    countIf(events > 0 AND (visit_id, recording) NOT IN (SELECT visit_id, recording FROM events WHERE run_id = {run:String} AND ({site:String} = '' OR site = {site:String}))) AS events
FROM the_visits
