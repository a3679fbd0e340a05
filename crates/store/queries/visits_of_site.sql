-- Every visit of a site that something is recorded of, in all runs.
SELECT run_id, visit_id
FROM visits
WHERE site = {site:String}
UNION DISTINCT
SELECT run_id, visit_id
FROM events
WHERE site = {site:String}
