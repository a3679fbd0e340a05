-- The next sites of a run by name, and how much of each was seen so far. What is done before a choice is known of visits that
-- saw their page; `trackers` is the most that one of them contacted.
WITH
    crawls AS (
        SELECT site, class, outcome, pages
        FROM seeds FINAL
        WHERE run_id = {run:String} AND site > {after:String}
    ),
    opened AS (
        SELECT site, class, outcome, trackers, gaps
        FROM visits FINAL
        WHERE run_id = {run:String} AND site > {after:String}
        UNION ALL
        SELECT site, if(crawls.class = 'seen', 'failed', crawls.class) AS class, outcome, 0 AS trackers, 0 AS gaps
        FROM crawls
        WHERE empty(pages)
    )
SELECT
    site,
    count() AS visits,
    countIf(class = 'seen') AS seen,
    countIf(class = 'blocked') AS blocked,
    countIf(class = 'failed') AS failed,
    countIf(class = 'refused') AS refused,
    countIf(class = 'absent') AS absent,
    toUInt64(maxIf(trackers, class = 'seen')) AS trackers,
    toUInt64(sumIf(gaps, class = 'seen')) AS gaps,
    if(seen > 0, '', toString(any(outcome))) AS why
FROM opened
GROUP BY site
ORDER BY site
LIMIT {limit:UInt64}
