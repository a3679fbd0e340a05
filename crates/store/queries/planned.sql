-- planned
-- The pages that some crawls of a run chose: those of the next targets behind the one that was read last.
SELECT start, page, kind
FROM (
    SELECT start, pages, kinds
    FROM seeds FINAL
    WHERE run_id = {run:String} AND start > {after:String} AND notEmpty(pages)
    ORDER BY start
    LIMIT {limit:UInt64}
)
ARRAY JOIN pages AS page, kinds AS kind
ORDER BY start, page
