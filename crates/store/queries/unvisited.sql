-- Targets of which the crawl chose no page to visit.
SELECT ?fields
FROM seeds FINAL
WHERE run_id = {run:String} AND empty(pages)
ORDER BY start
