-- Targets of which the crawl chose no page to visit. An empty site means every site.
SELECT ?fields
FROM seeds FINAL
WHERE run_id = {run:String} AND ({site:String} = '' OR site = {site:String}) AND empty(pages)
ORDER BY start
