-- The latest complete scan that has seen a page of the site.
SELECT ?fields
FROM runs FINAL
WHERE state = 'complete'
  AND against = ''
  AND run_id IN (SELECT run_id FROM visits FINAL WHERE site = {site:String} AND class = 'seen')
ORDER BY started_at DESC, run_id DESC
LIMIT 1
