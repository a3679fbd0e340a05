-- The last run that has visited a site: ids of runs sort by the time at which they were started.
SELECT max(run_id)
FROM visits
WHERE site = {site:String}
