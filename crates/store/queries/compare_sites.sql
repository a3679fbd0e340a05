-- Sites of either of two runs, by name, after a name.
SELECT site
FROM (
    SELECT site FROM visits WHERE run_id IN ({earlier:String}, {later:String}) AND site > {after:String}
    UNION DISTINCT
    SELECT site FROM seeds WHERE run_id IN ({earlier:String}, {later:String}) AND site > {after:String}
)
ORDER BY site
LIMIT {limit:UInt64}
