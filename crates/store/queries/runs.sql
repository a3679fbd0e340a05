-- The latest runs, newest first. The id of a crawl has the night as its time, not the moment at which it was started.
SELECT ?fields
FROM runs FINAL
ORDER BY started_at DESC, run_id DESC
LIMIT {limit:UInt64}
