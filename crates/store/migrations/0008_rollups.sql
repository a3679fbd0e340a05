-- Roll-ups: what statistics are drawn from. A complete run is rolled up once more whenever it is written once more; each time
-- anew from the facts, so that work done twice changes nothing twice.
--
-- Whoever wants a run rolled up inserts rows into `rollups`, one at a time: one for each slice of its sites, all under one
-- `rollup`. The materialised views below it write what the slice comes to. Rows of `site_nights` and `vendor_sites` count
-- if the view `rolled` names their roll-up: the latest of the run of which every slice is there. What a roll-up that broke
-- off left behind is never seen, and an earlier one counts until the next is whole. The views `counted_sites` and
-- `counted_vendors` show what counts.
--
-- Events may leave by their TTL; roll-ups stay.

CREATE TABLE IF NOT EXISTS rollups
(
    run_id    LowCardinality(String) COMMENT 'The run',
    rollup    UUID COMMENT 'Which rows of site_nights and vendor_sites belong to it',
    slice     UInt16 COMMENT 'Which slice of the sites, from 0: those whose cityHash64 leaves this rest when divided by slices',
    slices    UInt16 COMMENT 'How many slices there are; bounds the memory that one takes',
    night     Date COMMENT 'The night of the crawl, else the day (UTC) on which the run was started',
    portfolio LowCardinality(String) COMMENT 'The portfolio whose targets the run has; empty for targets of its own',
    region    LowCardinality(String) COMMENT 'Through which region''s exit the web was seen; empty for the usual one',
    kind      LowCardinality(String) COMMENT 'scan, or verify: a run that visits some pages of another once more',
    label     String COMMENT 'What people call the run',
    rolled_at DateTime64(6, 'UTC') DEFAULT now64(6) COMMENT 'When; the latest whole one counts'
)
ENGINE = ReplacingMergeTree(rolled_at)
ORDER BY (run_id, rollup, slice)
COMMENT 'Which runs were rolled up; written after the rows that belong to it';

CREATE TABLE IF NOT EXISTS site_nights
(
    portfolio        LowCardinality(String) COMMENT 'The portfolio; empty for a run with targets of its own',
    night            Date COMMENT 'The night of the crawl, else the day (UTC) on which the run was started',
    site             String COMMENT 'Registrable domain' CODEC(ZSTD(1)),
    run_id           LowCardinality(String) COMMENT 'The run',
    rollup           UUID COMMENT 'Counts if the view rolled names the same' CODEC(ZSTD(1)),
    region           LowCardinality(String) COMMENT 'Through which region''s exit the web was seen; empty for the usual one',
    kind             LowCardinality(String) COMMENT 'scan or verify',
    owner            String COMMENT 'Whose it is, as the portfolio said when it was rolled up; empty if nobody says' CODEC(ZSTD(1)),
    sector           LowCardinality(String) COMMENT 'What they do; empty if nobody says',
    country          LowCardinality(String) COMMENT 'Where they are; empty if nobody says',
    sensitive        LowCardinality(String) COMMENT 'What the site is about; empty if nobody says',
    monthly_sessions UInt64 COMMENT 'Sessions in a month; 0 if nobody says' CODEC(T64, ZSTD(1)),
    tags             Map(LowCardinality(String), String) COMMENT 'Further columns of the portfolio' CODEC(ZSTD(1)),
    state            LowCardinality(String) COMMENT 'seen if at least one page was seen; else how it ended for most visits: blocked, failed, refused or absent',
    why              LowCardinality(String) COMMENT 'The commonest outcome of visits and crawls that saw nothing; empty if all saw something',
    planned          UInt32 COMMENT 'Visits that were planned' CODEC(T64, ZSTD(1)),
    seen             UInt32 COMMENT 'Visits that saw their page' CODEC(T64, ZSTD(1)),
    partial          UInt32 COMMENT 'Those of them that did not see all of it' CODEC(T64, ZSTD(1)),
    blocked          UInt32 COMMENT 'Visits that the site fended off' CODEC(T64, ZSTD(1)),
    failed           UInt32 COMMENT 'Visits that ended without a page' CODEC(T64, ZSTD(1)),
    refused          UInt32 COMMENT 'Visits that were not made: robots.txt, do-not-scan, address not allowed' CODEC(T64, ZSTD(1)),
    absent           UInt32 COMMENT 'Visits that met something other than the site: parked, leads elsewhere' CODEC(T64, ZSTD(1)),
    gaps             UInt32 COMMENT 'Things that could not be looked at, on visits that saw their page' CODEC(T64, ZSTD(1)),
    pages            UInt32 COMMENT 'Distinct pages seen' CODEC(T64, ZSTD(1)),
    page_kinds       Array(LowCardinality(String)) COMMENT 'What they look like: home, contact, ...' CODEC(ZSTD(1)),
    looked           Bool COMMENT 'Whether a page was seen on a visit that shows what is done before a choice: the denominator of everything before consent',
    typed            Bool COMMENT 'Whether something was typed on a page that was seen: the denominator of keystrokes',
    banner           Bool COMMENT 'Whether a banner that asks for consent was seen on any page',
    no_banner        Bool COMMENT 'Whether one would have been noticed on every page, and none was on any',
    cmp              LowCardinality(String) COMMENT 'Platform of the banner: onetrust, klaro, ..., plain; empty if no banner was seen',
    no_reject        Bool COMMENT 'Whether the first layer of a banner offers to agree and not to refuse',
    reject_harder    Bool COMMENT 'Whether refusing takes more presses than agreeing, or cannot be done, on a page',
    reject_watched   UInt32 COMMENT 'Pages on which a refusal was made and watched whole' CODEC(T64, ZSTD(1)),
    accept_watched   UInt32 COMMENT 'Pages on which agreeing was done and watched whole' CODEC(T64, ZSTD(1)),
    gpc_watched      UInt32 COMMENT 'Pages that were watched whole under Global Privacy Control' CODEC(T64, ZSTD(1)),
    trackers         UInt16 COMMENT 'Distinct trackers contacted before any choice' CODEC(T64, ZSTD(1)),
    recorders        UInt16 COMMENT 'Those of them that hear content: session recorders, chats, ...' CODEC(T64, ZSTD(1)),
    grade            LowCardinality(String) COMMENT 'K0 to K6: the most that a third party hears of what is typed; empty where nobody knows',
    first_contact_ms Nullable(Float32) COMMENT 'Earliest contact with a tracker before any choice: ms since navigation start' CODEC(ZSTD(1)),
    requests         UInt32 COMMENT 'Requests to trackers before any choice' CODEC(T64, ZSTD(1)),
    wire_bytes       UInt64 COMMENT 'Bytes of bodies sent to them, as sent' CODEC(T64, ZSTD(1)),
    started_at       DateTime('UTC') COMMENT 'When the first visit began, or the crawl was recorded' CODEC(Delta, ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toYear(night)
ORDER BY (portfolio, night, site, run_id, rollup)
COMMENT 'What one run saw of one site: the denominator of every statistic';

CREATE TABLE IF NOT EXISTS vendor_sites
(
    portfolio        LowCardinality(String) COMMENT 'The portfolio; empty for a run with targets of its own',
    night            Date COMMENT 'The night of the crawl, else the day (UTC) on which the run was started',
    vendor           LowCardinality(String) COMMENT 'Catalogue id of the third party, or its registrable domain',
    site             String COMMENT 'Registrable domain of the visited pages' CODEC(ZSTD(1)),
    run_id           LowCardinality(String) COMMENT 'The run',
    rollup           UUID COMMENT 'Counts if the view rolled names the same' CODEC(ZSTD(1)),
    region           LowCardinality(String) COMMENT 'Through which region''s exit the web was seen; empty for the usual one',
    kind             LowCardinality(String) COMMENT 'scan or verify',
    vendor_name      LowCardinality(String) COMMENT 'What people call the vendor',
    category         LowCardinality(String) COMMENT 'What it does: session_replay, analytics, ...',
    exposure         LowCardinality(String) COMMENT 'content, tracker, unknown or none: the worst that was said of its contacts',
    pages            UInt32 COMMENT 'Pages on which it was contacted in any state of consent' CODEC(T64, ZSTD(1)),
    pages_before     UInt32 COMMENT 'Pages on which it was contacted before any choice; 0: it was not' CODEC(T64, ZSTD(1)),
    page_kinds       Array(LowCardinality(String)) COMMENT 'What the pages look like on which it was contacted before any choice' CODEC(ZSTD(1)),
    first_contact_ms Nullable(Float32) COMMENT 'Earliest contact before any choice: ms since navigation start; NULL if there was none' CODEC(ZSTD(1)),
    requests         UInt32 COMMENT 'Requests before any choice' CODEC(T64, ZSTD(1)),
    uploads          UInt32 COMMENT 'Those of them, and frames, that had a body' CODEC(T64, ZSTD(1)),
    wire_bytes       UInt64 COMMENT 'Bytes of those bodies as sent' CODEC(T64, ZSTD(1)),
    grade            LowCardinality(String) COMMENT 'K0 to K6: the most that it hears of what is typed; empty where nobody knows',
    pages_rejected   UInt32 COMMENT 'Pages on which it was told something after a refusal' CODEC(T64, ZSTD(1)),
    pages_accepted   UInt32 COMMENT 'Pages on which it was contacted after agreeing' CODEC(T64, ZSTD(1)),
    pages_gpc        UInt32 COMMENT 'Pages on which it was told something under Global Privacy Control' CODEC(T64, ZSTD(1)),
    gating           LowCardinality(String) COMMENT 'How it waits for consent, as in consent_states, on the page on which it does worst; unknown where nobody knows',
    gpc              LowCardinality(String) COMMENT 'ignored if it is on any page, honoured if it is on all where that is known; else unknown',
    mode_ignored     Bool COMMENT 'Whether it takes data although consent mode says denied, on any page',
    fingerprints     Array(LowCardinality(String)) COMMENT 'Techniques by which its scripts tell browsers apart' CODEC(ZSTD(1)),
    disguise         LowCardinality(String) COMMENT 'cname, proxy or server_side_tagging; empty for none',
    install_route    LowCardinality(String) COMMENT 'How it came into the page at its earliest contact; empty if not seen',
    brought_by       Array(String) COMMENT 'Who brought it, next to it: hosts of scripts and ids of tag containers; empty for the page itself or where nobody saw it' CODEC(ZSTD(1)),
    accounts         Array(String) COMMENT 'Whose accounts it works for' CODEC(ZSTD(1)),
    finding_id       UUID COMMENT 'The finding of its earliest contact before any choice, else its first finding' CODEC(ZSTD(1)),
    visit_id         UUID COMMENT 'The visit of that finding' CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toYear(night)
ORDER BY (portfolio, night, vendor, site, run_id, rollup)
COMMENT 'What one run saw one vendor do on one site';

CREATE OR REPLACE VIEW rolled
(
    run_id    LowCardinality(String) COMMENT 'The run',
    rollup    UUID COMMENT 'The roll-up that counts',
    night     Date COMMENT 'The night of the crawl, else the day (UTC) on which the run was started',
    portfolio LowCardinality(String) COMMENT 'The portfolio whose targets the run has; empty for targets of its own',
    region    LowCardinality(String) COMMENT 'Through which region''s exit the web was seen; empty for the usual one',
    kind      LowCardinality(String) COMMENT 'scan or verify',
    label     String COMMENT 'What people call the run',
    rolled_at DateTime64(6, 'UTC') COMMENT 'When its last slice was written'
)
AS SELECT
    run_id,
    argMax(one.rollup, one.rolled_at) AS rollup,
    argMax(one.night, one.rolled_at) AS night,
    argMax(one.portfolio, one.rolled_at) AS portfolio,
    argMax(one.region, one.rolled_at) AS region,
    argMax(one.kind, one.rolled_at) AS kind,
    argMax(one.label, one.rolled_at) AS label,
    max(one.rolled_at) AS rolled_at
FROM (
    SELECT
        run_id,
        rollup,
        any(night) AS night,
        any(portfolio) AS portfolio,
        any(region) AS region,
        any(kind) AS kind,
        any(label) AS label,
        max(rolled_at) AS rolled_at
    FROM rollups
    GROUP BY run_id, rollup
    HAVING uniqExact(slice) = any(slices)
) AS one
GROUP BY run_id
COMMENT 'The roll-up of each run that counts';

CREATE OR REPLACE VIEW counted_sites
AS SELECT * FROM site_nights WHERE (run_id, rollup) IN (SELECT run_id, rollup FROM rolled)
COMMENT 'The rows of site_nights that count, with the same columns';

CREATE OR REPLACE VIEW counted_vendors
AS SELECT * FROM vendor_sites WHERE (run_id, rollup) IN (SELECT run_id, rollup FROM rolled)
COMMENT 'The rows of vendor_sites that count, with the same columns';

-- As in 0004, and joined by the run as well: who asks for one run reads that run only, however many there have been. Without it a
-- roll-up would read the findings and visits of all nights.
CREATE OR REPLACE VIEW consent_pages
(
    run_id LowCardinality(String) COMMENT 'The run',
    site String COMMENT 'Registrable domain of the page',
    page String COMMENT 'The page',
    banner Bool COMMENT 'Whether a banner was seen on any visit',
    no_banner Bool COMMENT 'Whether none was seen on any visit that left banners alone or meant to answer one, and one would have been noticed on all of them',
    banner_ms Nullable(Float64) COMMENT 'When it could be seen, at the earliest',
    cmp String COMMENT 'Its platform, or the rule by which it was answered',
    no_reject Bool COMMENT 'Whether its first layer offers to agree and not to refuse',
    presses_reject Nullable(UInt32) COMMENT 'Presses that refusing took, at least; NULL where that is not known',
    presses_accept Nullable(UInt32) COMMENT 'Presses that agreeing took, at least; NULL where that is not known',
    reject_failed String COMMENT 'Why no refusal could be made; empty if one was, or none was tried',
    reject_harder Bool COMMENT 'Whether refusing takes more presses than agreeing, or cannot be done, and the first layer does not offer it',
    untouched_whole UInt64 COMMENT 'Visits that left the banner alone and were watched whole',
    reject_whole UInt64 COMMENT 'Visits that refused and were watched whole, the reload included',
    accept_whole UInt64 COMMENT 'Visits that agreed and were watched whole, the reload included',
    gpc_whole UInt64 COMMENT 'Visits under Global Privacy Control that were watched whole'
)
AS WITH
    no_ways AS (
        SELECT run_id, visit_id, recording, any(detail) AS why
        FROM gaps FINAL
        WHERE kind = 'choice_not_made'
        GROUP BY run_id, visit_id, recording
    ),
    one_sided AS (
        SELECT run_id, visit_id, recording, true AS so
        FROM findings FINAL
        WHERE rule = 'no_reject'
        GROUP BY run_id, visit_id, recording
    )
SELECT
    visit.run_id AS run_id,
    site,
    page,
    max(isNotNull(visit.banner_ms)) AS banner,
    countIf(profile != 'gpc') > 0 AND minIf(isNull(visit.banner_ms) AND banner_watched, profile != 'gpc') AS no_banner,
    min(visit.banner_ms) AS banner_ms,
    -- What a rule of the choice recognises says more than the name of a container.
    argMaxIf(visit.cmp, choice != '', visit.cmp != '') AS cmp,
    max(one_sided.so) AS no_reject,
    minIf(presses, choice = 'reject') AS presses_reject,
    minIf(presses, choice = 'accept') AS presses_accept,
    if(countIf(choice = 'reject') > 0, '', maxIf(why, profile = 'reject')) AS reject_failed,
    no_reject AND isNotNull(presses_accept) AND (reject_failed != '' OR ifNull(presses_reject > presses_accept, false)) AS reject_harder,
    countIf(profile = 'untouched' AND course_whole) AS untouched_whole,
    countIf(choice = 'reject' AND course_whole) AS reject_whole,
    countIf(choice = 'accept' AND course_whole) AS accept_whole,
    countIf(profile = 'gpc' AND course_whole) AS gpc_whole
FROM (SELECT * FROM visits FINAL WHERE class = 'seen') AS visit
LEFT JOIN no_ways
    ON no_ways.run_id = visit.run_id AND no_ways.visit_id = visit.visit_id AND no_ways.recording = visit.recording
LEFT JOIN one_sided
    ON one_sided.run_id = visit.run_id AND one_sided.visit_id = visit.visit_id AND one_sided.recording = visit.recording
GROUP BY visit.run_id, site, page
COMMENT 'One row for each page: what it asks for, and what answering took';

CREATE OR REPLACE VIEW consent_states
(
    run_id LowCardinality(String) COMMENT 'The run',
    site String COMMENT 'Registrable domain of the page',
    page String COMMENT 'The page',
    vendor LowCardinality(String) COMMENT 'Catalogue id of the tracker, or its registrable domain',
    vendor_name LowCardinality(String) COMMENT 'What people call it',
    category LowCardinality(String) COMMENT 'What it does: session_replay, analytics, ...',
    exposure LowCardinality(String) COMMENT 'tracker or content',
    cmp String COMMENT 'Platform of the banner of the page',
    before UInt32 COMMENT 'Requests to it before any choice, on the visit with most of them',
    after_reject UInt32 COMMENT 'Requests by which it was told something after a refusal, on the visit with most of them',
    after_accept UInt32 COMMENT 'Requests to it after agreeing, on the visit with most of them',
    under_gpc UInt32 COMMENT 'Requests by which it was told something under Global Privacy Control, on the visit with most of them',
    pings UInt32 COMMENT 'Cookieless pings to it in any state, on the visit with most of them',
    gating String COMMENT 'gated: not contacted before the choice, told nothing after a refusal, contacted after agreeing, each watched whole; on_paper: fires before the choice and after a refusal although there is a banner; opt_out: fires before the choice and stops after a refusal; cookieless: after a refusal it is only sent pings that say so; despite_reject_only: waits for the choice and fires whatever it is; before_choice: fires before the choice, no refusal was watched whole; no_banner: fires and nothing asks; unknown: anything else, which is never gated',
    gpc String COMMENT 'ignored: told something under Global Privacy Control; honoured: fires without it and is told nothing under it, not even that, watched whole; unknown: anything else'
)
AS WITH contacts AS (
    SELECT
        run_id,
        site,
        page,
        vendor,
        argMax(vendor_name, severity) AS vendor_name,
        argMax(category, severity) AS category,
        argMax(exposure, severity) AS exposure,
        maxIf(requests, rule = 'pre_consent_contact') AS before,
        maxIf(requests, rule = 'despite_reject') AS after_reject,
        maxIf(requests, rule = 'after_accept') AS after_accept,
        maxIf(requests, rule = 'under_gpc') AS under_gpc,
        maxIf(requests, rule = 'cookieless_ping') AS pings,
        maxIf(requests, rule = 'cookieless_ping' AND profile = 'reject') AS pings_rejected,
        maxIf(requests, rule = 'cookieless_ping' AND profile = 'gpc') AS pings_gpc
    FROM (
        SELECT findings.*, visits.profile AS profile, exposure = 'content' AS severity
        FROM findings FINAL
        INNER JOIN (SELECT run_id, visit_id, recording, profile FROM visits FINAL WHERE class = 'seen') AS visits
            ON visits.run_id = findings.run_id AND visits.visit_id = findings.visit_id AND visits.recording = findings.recording
        WHERE rule IN ('pre_consent_contact', 'despite_reject', 'after_accept', 'under_gpc', 'cookieless_ping')
          AND exposure IN ('tracker', 'content')
    )
    GROUP BY run_id, site, page, vendor
)
SELECT
    contacts.run_id AS run_id,
    contacts.site AS site,
    contacts.page AS page,
    vendor,
    vendor_name,
    category,
    exposure,
    cmp,
    before,
    after_reject,
    after_accept,
    under_gpc,
    pings,
    multiIf(
        before > 0 AND no_banner, 'no_banner',
        before > 0 AND after_reject > 0, 'on_paper',
        after_reject = 0 AND pings_rejected > 0, 'cookieless',
        before = 0 AND after_reject = 0 AND after_accept > 0 AND reject_whole > 0 AND accept_whole > 0, 'gated',
        before > 0 AND reject_whole > 0, 'opt_out',
        before > 0, 'before_choice',
        after_reject > 0, 'despite_reject_only',
        'unknown'
    ) AS gating,
    multiIf(under_gpc > 0, 'ignored', before > 0 AND gpc_whole > 0 AND pings_gpc = 0, 'honoured', 'unknown') AS gpc
FROM contacts
INNER JOIN consent_pages AS asked
    ON asked.run_id = contacts.run_id AND asked.site = contacts.site AND asked.page = contacts.page
COMMENT 'One row for each page and tracker: what it does in each state of consent, and what that comes to';

CREATE MATERIALIZED VIEW IF NOT EXISTS site_nights_rolled TO site_nights
AS WITH
    (SELECT any(run_id) FROM rollups) AS the_run,
    (SELECT any(slice) FROM rollups) AS the_slice,
    (SELECT any(slices) FROM rollups) AS the_slices,
    the_runs AS (SELECT profiles, repetitions FROM runs FINAL WHERE run_id = the_run),
    (SELECT has(any(profiles), 'untouched') FROM the_runs) AS has_untouched,
    (SELECT any(length(profiles) * repetitions) FROM the_runs) AS visits_a_page,
    the_visits AS (
        SELECT site, visit_id, recording, page, page_kind, profile, class, outcome, gaps, started_at
        FROM visits FINAL
        WHERE run_id = the_run AND cityHash64(site) % the_slices = the_slice
    ),
    the_crawls AS (
        SELECT site, pages, class, outcome, recorded_at
        FROM seeds FINAL
        WHERE run_id = the_run AND cityHash64(site) % the_slices = the_slice
    ),
    planned AS (
        -- Two targets may choose the same page: it is visited once. A crawl that chose none counts as one visit.
        SELECT site, toUInt32(uniqExactArray(pages) * visits_a_page + countIf(empty(pages))) AS planned
        FROM the_crawls
        GROUP BY site
    ),
    opened AS (
        SELECT site, page, page_kind, profile, toString(class) AS class, outcome, gaps, started_at FROM the_visits
        UNION ALL
        SELECT site, '', '', '', if(class = 'seen', 'failed', class), if(class = 'seen', 'no_page', outcome), 0, recorded_at
        FROM the_crawls
        WHERE empty(pages)
    ),
    visited AS (
        SELECT
            site,
            countIf(class = 'seen') AS seen,
            countIf(class = 'seen' AND outcome = 'partial') AS partial,
            countIf(class = 'blocked') AS blocked,
            countIf(class = 'failed') AS failed,
            countIf(class = 'refused') AS refused,
            countIf(class = 'absent') AS absent,
            if(seen > 0, 'seen', topKIf(1)(class, class != 'seen')[1]) AS state,
            topKIf(1)(outcome, class != 'seen')[1] AS why,
            sumIf(gaps, class = 'seen') AS all_gaps,
            uniqExactIf(page, class = 'seen') AS pages,
            arraySort(groupUniqArrayIf(page_kind, class = 'seen')) AS page_kinds,
            countIf(class = 'seen' AND (profile = 'untouched' OR NOT has_untouched)) > 0 AS looked,
            min(started_at) AS started_at
        FROM opened
        GROUP BY site
    ),
    typed AS (
        -- Without FINAL: twice the same says the same. The sites let most of the events of other slices be passed over.
        SELECT DISTINCT site
        FROM events
        WHERE run_id = the_run
          AND site IN (SELECT site FROM the_visits)
          AND fact = 'entry'
          AND count > 0
          AND (visit_id, recording) IN (SELECT visit_id, recording FROM the_visits WHERE class = 'seen')
    ),
    asked AS (
        SELECT
            site,
            max(banner) AS any_banner,
            min(no_banner) AS none,
            argMaxIf(cmp, page, cmp != '') AS platform,
            max(no_reject) AS any_no_reject,
            max(reject_harder) AS any_harder,
            countIf(reject_whole > 0) AS reject_watched,
            countIf(accept_whole > 0) AS accept_watched,
            countIf(gpc_whole > 0) AS gpc_watched
        FROM consent_pages
        WHERE run_id = the_run AND cityHash64(site) % the_slices = the_slice
        GROUP BY site
    ),
    heard AS (
        SELECT
            site,
            uniqExactIf(vendor, before AND exposure IN ('tracker', 'content')) AS trackers,
            uniqExactIf(vendor, before AND exposure = 'content') AS recorders,
            maxIf(grade, rule = 'keystrokes' AND category != 'first_party') AS worst,
            minIf(first_contact_ms, before AND exposure IN ('tracker', 'content')) AS earliest,
            countIf(before AND exposure IN ('tracker', 'content')) AS contacts,
            sumIf(requests, before AND exposure IN ('tracker', 'content')) AS all_requests,
            sumIf(wire_bytes, before AND exposure IN ('tracker', 'content')) AS all_bytes
        FROM (
            SELECT
                findings.* EXCEPT (visit_id, recording),
                rule = 'pre_consent_contact' AND (the.profile = 'untouched' OR NOT has_untouched) AS before
            FROM findings FINAL
            INNER JOIN (SELECT visit_id, recording, profile FROM the_visits WHERE class = 'seen') AS the
                ON the.visit_id = findings.visit_id AND the.recording = findings.recording
            WHERE run_id = the_run AND cityHash64(site) % the_slices = the_slice
        )
        GROUP BY site
    ),
    known AS (
        SELECT
            site,
            argMax(owner, line) AS owner,
            argMax(sector, line) AS sector,
            argMax(country, line) AS country,
            argMax(sensitive, line) AS sensitive,
            max(monthly_sessions) AS monthly_sessions,
            argMax(tags, line) AS tags
        FROM portfolio_targets
        WHERE portfolio = (SELECT any(portfolio) FROM rollups)
          AND portfolio != ''
          AND cityHash64(site) % the_slices = the_slice
        GROUP BY site
    )
SELECT
    rollups.portfolio AS portfolio,
    rollups.night AS night,
    visited.site AS site,
    rollups.run_id AS run_id,
    rollups.rollup AS rollup,
    rollups.region AS region,
    rollups.kind AS kind,
    known.owner AS owner,
    known.sector AS sector,
    known.country AS country,
    known.sensitive AS sensitive,
    known.monthly_sessions AS monthly_sessions,
    known.tags AS tags,
    visited.state AS state,
    visited.why AS why,
    planned.planned AS planned,
    visited.seen AS seen,
    visited.partial AS partial,
    visited.blocked AS blocked,
    visited.failed AS failed,
    visited.refused AS refused,
    visited.absent AS absent,
    visited.all_gaps AS gaps,
    visited.pages AS pages,
    visited.page_kinds AS page_kinds,
    visited.looked AS looked,
    visited.site IN (SELECT site FROM typed) AS typed,
    asked.any_banner AS banner,
    asked.none AS no_banner,
    asked.platform AS cmp,
    asked.any_no_reject AS no_reject,
    asked.any_harder AS reject_harder,
    asked.reject_watched AS reject_watched,
    asked.accept_watched AS accept_watched,
    asked.gpc_watched AS gpc_watched,
    heard.trackers AS trackers,
    heard.recorders AS recorders,
    heard.worst AS grade,
    if(heard.contacts > 0, toFloat32(heard.earliest), NULL) AS first_contact_ms,
    heard.all_requests AS requests,
    heard.all_bytes AS wire_bytes,
    visited.started_at AS started_at
FROM rollups
CROSS JOIN visited
LEFT JOIN planned ON planned.site = visited.site
LEFT JOIN asked ON asked.site = visited.site
LEFT JOIN heard ON heard.site = visited.site
LEFT JOIN known ON known.site = visited.site;

CREATE MATERIALIZED VIEW IF NOT EXISTS vendor_sites_rolled TO vendor_sites
AS WITH
    (SELECT any(run_id) FROM rollups) AS the_run,
    (SELECT any(slice) FROM rollups) AS the_slice,
    (SELECT any(slices) FROM rollups) AS the_slices,
    (SELECT has(any(profiles), 'untouched') FROM runs FINAL WHERE run_id = the_run) AS has_untouched,
    the_visits AS (
        SELECT visit_id, recording, page_kind, profile
        FROM visits FINAL
        WHERE run_id = the_run AND cityHash64(site) % the_slices = the_slice AND class = 'seen'
    ),
    heard AS (
        SELECT
            findings.* EXCEPT (recording),
            the.page_kind AS page_kind,
            rule IN ('pre_consent_contact', 'despite_reject', 'after_accept', 'under_gpc', 'cookieless_ping') AS contact,
            rule = 'pre_consent_contact' AND (the.profile = 'untouched' OR NOT has_untouched) AS before,
            indexOf(['content', 'tracker', 'unknown', 'none'], exposure) AS severity,
            -- The bringer next to the vendor: a script by its host, a container by its id.
            if(empty(brought_by), '', if(startsWith(brought_by[-1], 'http'), domain(brought_by[-1]), brought_by[-1])) AS bringer
        FROM findings FINAL
        INNER JOIN the_visits AS the ON the.visit_id = findings.visit_id AND the.recording = findings.recording
        -- What pages ask for themselves is not about a vendor; nor is the site one that hears what is typed into itself.
        WHERE run_id = the_run
          AND cityHash64(site) % the_slices = the_slice
          AND rule NOT IN ('no_banner', 'no_reject')
          AND category != 'first_party'
    ),
    at_vendor AS (
        SELECT
            vendor,
            site,
            argMin(vendor_name, severity) AS vendor_name,
            argMin(category, severity) AS category,
            -- What it is known to hear besides is in the grade.
            argMin(exposure, (NOT before, NOT contact, severity)) AS worst_exposure,
            uniqExactIf(page, contact) AS pages,
            uniqExactIf(page, before) AS pages_before,
            arraySort(groupUniqArrayIf(page_kind, before)) AS page_kinds,
            minIf(first_contact_ms, before) AS earliest,
            sumIf(requests, before) AS all_requests,
            sumIf(uploads, before) AS all_uploads,
            sumIf(wire_bytes, before) AS all_bytes,
            maxIf(grade, rule = 'keystrokes') AS worst_grade,
            uniqExactIf(page, rule = 'despite_reject') AS pages_rejected,
            uniqExactIf(page, rule = 'after_accept') AS pages_accepted,
            uniqExactIf(page, rule = 'under_gpc') AS pages_gpc,
            max(rule = 'consent_mode_ignored') AS mode_ignored,
            arraySort(groupUniqArrayArray(fingerprints)) AS all_fingerprints,
            max(disguise_kind) AS disguise,
            argMinIf(install_route, first_contact_ms, before) AS route,
            arraySort(groupUniqArrayIf(bringer, before AND bringer != '')) AS bringers,
            arraySort(groupUniqArrayArray(accounts)) AS all_accounts,
            argMin((finding_id, visit_id), (NOT before, NOT contact, first_contact_ms)) AS proof
        FROM heard
        GROUP BY vendor, site
    ),
    states AS (
        SELECT
            site,
            vendor,
            ['no_banner', 'on_paper', 'despite_reject_only', 'before_choice', 'opt_out', 'cookieless', 'unknown', 'gated'] AS order,
            argMin(gating, indexOf(order, gating)) AS worst,
            multiIf(countIf(gpc = 'ignored') > 0, 'ignored', countIf(gpc = 'honoured') > 0, 'honoured', 'unknown') AS under_gpc
        FROM consent_states
        WHERE run_id = the_run AND cityHash64(site) % the_slices = the_slice
        GROUP BY site, vendor
    )
SELECT
    rollups.portfolio AS portfolio,
    rollups.night AS night,
    at_vendor.vendor AS vendor,
    at_vendor.site AS site,
    rollups.run_id AS run_id,
    rollups.rollup AS rollup,
    rollups.region AS region,
    rollups.kind AS kind,
    at_vendor.vendor_name AS vendor_name,
    at_vendor.category AS category,
    at_vendor.worst_exposure AS exposure,
    at_vendor.pages AS pages,
    at_vendor.pages_before AS pages_before,
    at_vendor.page_kinds AS page_kinds,
    if(pages_before > 0, toFloat32(at_vendor.earliest), NULL) AS first_contact_ms,
    at_vendor.all_requests AS requests,
    at_vendor.all_uploads AS uploads,
    at_vendor.all_bytes AS wire_bytes,
    at_vendor.worst_grade AS grade,
    at_vendor.pages_rejected AS pages_rejected,
    at_vendor.pages_accepted AS pages_accepted,
    at_vendor.pages_gpc AS pages_gpc,
    if(states.worst = '', 'unknown', states.worst) AS gating,
    if(states.under_gpc = '', 'unknown', states.under_gpc) AS gpc,
    at_vendor.mode_ignored AS mode_ignored,
    at_vendor.all_fingerprints AS fingerprints,
    at_vendor.disguise AS disguise,
    at_vendor.route AS install_route,
    at_vendor.bringers AS brought_by,
    at_vendor.all_accounts AS accounts,
    at_vendor.proof.1 AS finding_id,
    at_vendor.proof.2 AS visit_id
FROM rollups
CROSS JOIN at_vendor
LEFT JOIN states ON states.vendor = at_vendor.vendor AND states.site = at_vendor.site;
