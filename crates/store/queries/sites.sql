-- One row per site: what was seen of it, and who listens there.
WITH
    crawled AS (
        SELECT
            site,
            sum(length(pages)) AS planned,
            argMin(outcome, start) AS crawl_outcome,
            argMin(detail, start) AS crawl_detail
        FROM seeds FINAL
        WHERE run_id = {run:String}
        GROUP BY site
    ),
    the_visits AS (
        SELECT visit_id, recording, site, class
        FROM visits FINAL
        WHERE run_id = {run:String}
    ),
    visited AS (
        SELECT
            site,
            countIf(class = 'seen') AS seen,
            countIf(class = 'blocked') AS blocked,
            countIf(class = 'failed') AS failed,
            countIf(class = 'refused') AS refused
        FROM the_visits
        GROUP BY site
    ),
    heard AS (
        SELECT
            site,
            arraySort(groupUniqArrayIf(vendor, exposure IN ('tracker', 'content'))) AS trackers,
            minOrNullIf(first_contact_ms, exposure IN ('tracker', 'content')) AS first_contact_ms
        FROM findings FINAL
        WHERE run_id = {run:String} AND (visit_id, recording) IN (SELECT visit_id, recording FROM the_visits)
        GROUP BY site
    ),
    known AS (SELECT site FROM crawled UNION DISTINCT SELECT site FROM visited)
SELECT
    known.site AS site,
    crawled.crawl_outcome AS crawl_outcome,
    crawled.crawl_detail AS crawl_detail,
    crawled.planned AS planned,
    visited.seen AS seen,
    visited.blocked AS blocked,
    visited.failed AS failed,
    visited.refused AS refused,
    heard.trackers AS trackers,
    heard.first_contact_ms AS first_contact_ms
FROM known
LEFT JOIN crawled ON crawled.site = known.site
LEFT JOIN visited ON visited.site = known.site
LEFT JOIN heard ON heard.site = known.site
ORDER BY site
