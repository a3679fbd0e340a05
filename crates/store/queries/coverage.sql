-- One row per site: how many pages were planned, and how opening them ended. The denominator is `planned`. A target of
-- which the crawl chose no page counts as one page that ended as the crawl did; if the crawl went well and chose nothing
-- all the same, as one that failed.
--
-- An empty site means every site.
--
-- A page is visited once under each profile of the run: `planned` counts visits.
WITH
    (SELECT sum(length(profiles) * repetitions) FROM runs FINAL WHERE run_id = {run:String}) AS profiles,
    crawls AS (SELECT site, start, pages, class, outcome, failure, detail FROM seeds FINAL WHERE run_id = {run:String} AND ({site:String} = '' OR site = {site:String})),
    crawled AS (
        SELECT
            site,
            -- Two targets may choose the same page: it is visited once.
            uniqExactArray(pages) * any(assumeNotNull(profiles)) + countIf(empty(pages)) AS planned,
            argMin(outcome, start) AS crawl_outcome,
            argMin(detail, start) AS crawl_detail
        FROM crawls
        GROUP BY site
    ),
    opened AS (
        SELECT site, class, outcome, failure, gaps FROM visits FINAL WHERE run_id = {run:String} AND ({site:String} = '' OR site = {site:String})
        UNION ALL
        SELECT site, if(crawls.class = 'seen', 'failed', crawls.class) AS class, outcome, failure, 0 AS gaps
        FROM crawls
        WHERE empty(pages)
    ),
    visited AS (
        SELECT
            site,
            countIf(class = 'seen') AS seen,
            countIf(class = 'seen' AND outcome = 'partial') AS partial,
            countIf(class = 'blocked') AS blocked,
            countIf(class = 'failed') AS failed,
            countIf(failure = 'dns') AS failed_dns,
            countIf(failure = 'tls') AS failed_tls,
            countIf(failure = 'connection') AS failed_connection,
            countIf(class = 'absent') AS absent,
            countIf(class = 'refused') AS refused,
            sumIf(gaps, class = 'seen') AS gaps
        FROM opened
        GROUP BY site
    ),
    known AS (SELECT site FROM crawled UNION DISTINCT SELECT site FROM visited)
SELECT
    known.site AS site,
    crawled.crawl_outcome AS crawl_outcome,
    crawled.crawl_detail AS crawl_detail,
    crawled.planned AS planned,
    visited.seen AS seen,
    visited.partial AS partial,
    visited.blocked AS blocked,
    visited.failed AS failed,
    visited.failed_dns AS failed_dns,
    visited.failed_tls AS failed_tls,
    visited.failed_connection AS failed_connection,
    visited.absent AS absent,
    visited.refused AS refused,
    visited.gaps AS gaps
FROM known
LEFT JOIN crawled ON crawled.site = known.site
LEFT JOIN visited ON visited.site = known.site
ORDER BY site
