-- Where visitors stand with consent, and what vendors do in each state. Rows of before have no clock: nobody watched for a
-- banner then, and no choice was made.

ALTER TABLE visits
    ADD COLUMN IF NOT EXISTS banner_ms Nullable(Float64) COMMENT 'When a banner that asks for consent could be seen first: ms since navigation start; NULL if none was seen',
    ADD COLUMN IF NOT EXISTS choosing_ms Nullable(Float64) COMMENT 'When something was pressed first on the way to a choice: nothing before it can have followed from one',
    ADD COLUMN IF NOT EXISTS choice LowCardinality(String) COMMENT 'reject or accept: what was chosen; empty for no choice',
    ADD COLUMN IF NOT EXISTS choice_ms Nullable(Float64) COMMENT 'When it was chosen: ms since navigation start',
    ADD COLUMN IF NOT EXISTS reload_ms Nullable(Float64) COMMENT 'When the page was asked for once more after the choice',
    ADD COLUMN IF NOT EXISTS presses Nullable(UInt32) COMMENT 'How often something was pressed for the choice; NULL for no choice, or if the interface of the platform was called for it',
    ADD COLUMN IF NOT EXISTS cmp LowCardinality(String) COMMENT 'Platform of the banner, or the rule by which it was answered: onetrust, klaro, ..., plain; empty if no banner was seen',
    ADD COLUMN IF NOT EXISTS banner_watched Bool COMMENT 'Whether a banner would have been noticed',
    ADD COLUMN IF NOT EXISTS course_whole Bool COMMENT 'Whether everything that the profile asks for was done and watched: where not, silence of a vendor says nothing',
    ADD COLUMN IF NOT EXISTS signals Array(Tuple(String, String)) COMMENT 'What the consent interfaces of the page said last: (interface, in words)' CODEC(ZSTD(3)),
    COMMENT COLUMN IF EXISTS profile 'How the visit behaved towards consent: untouched, reject, accept or gpc',
    COMMENT COLUMN IF EXISTS trackers 'How many distinct vendors are trackers among those contacted before any choice, told something after a refusal or under Global Privacy Control';

ALTER TABLE events
    ADD COLUMN IF NOT EXISTS buttons Array(Tuple(String, String)) COMMENT 'What can be pressed on the first layer of a banner: (accept, reject, settings, dismiss or other; its words)' CODEC(ZSTD(3)),
    COMMENT COLUMN IF EXISTS fact 'request, response, failed, socket_frame, cookie, storage, listener, field_read, api_call, alias, mark, entry or consent',
    COMMENT COLUMN IF EXISTS phase 'Where the visitor stood with consent: pre_banner, pre_choice, post_reject, post_accept, no_banner or gpc',
    COMMENT COLUMN IF EXISTS area 'local, session, indexeddb or cache for storage; the kind of a mark: generator, global, container, ...; what the field of an entry asks for: email, name, ...; the step of consent: banner, press, call, reject, accept, reload or signal',
    COMMENT COLUMN IF EXISTS name 'Name of the cookie, key in the storage, name of a mark; the platform, rule or interface of a step of consent';

ALTER TABLE findings
    COMMENT COLUMN IF EXISTS rule 'What is said: pre_consent_contact, fingerprinting, listening, keystrokes, despite_reject, after_accept, under_gpc, cookieless_ping, consent_mode_ignored, no_banner or no_reject';

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
        SELECT visit_id, recording, any(detail) AS why
        FROM gaps FINAL
        WHERE kind = 'choice_not_made'
        GROUP BY visit_id, recording
    ),
    one_sided AS (
        SELECT visit_id, recording
        FROM findings FINAL
        WHERE rule = 'no_reject'
        GROUP BY visit_id, recording
    )
SELECT
    run_id,
    site,
    page,
    max(isNotNull(visit.banner_ms)) AS banner,
    countIf(profile != 'gpc') > 0 AND minIf(isNull(visit.banner_ms) AND banner_watched, profile != 'gpc') AS no_banner,
    min(visit.banner_ms) AS banner_ms,
    -- What a rule of the choice recognises says more than the name of a container.
    argMaxIf(visit.cmp, choice != '', visit.cmp != '') AS cmp,
    max((visit_id, recording) IN one_sided) AS no_reject,
    minIf(presses, choice = 'reject') AS presses_reject,
    minIf(presses, choice = 'accept') AS presses_accept,
    if(countIf(choice = 'reject') > 0, '', maxIf(why, profile = 'reject')) AS reject_failed,
    no_reject AND isNotNull(presses_accept) AND (reject_failed != '' OR ifNull(presses_reject > presses_accept, false)) AS reject_harder,
    countIf(profile = 'untouched' AND course_whole) AS untouched_whole,
    countIf(choice = 'reject' AND course_whole) AS reject_whole,
    countIf(choice = 'accept' AND course_whole) AS accept_whole,
    countIf(profile = 'gpc' AND course_whole) AS gpc_whole
FROM (SELECT * FROM visits FINAL WHERE class = 'seen') AS visit
LEFT JOIN no_ways ON no_ways.visit_id = visit.visit_id AND no_ways.recording = visit.recording
GROUP BY run_id, site, page
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
        INNER JOIN (SELECT visit_id, recording, profile FROM visits FINAL WHERE class = 'seen') AS visits
            ON visits.visit_id = findings.visit_id AND visits.recording = findings.recording
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
COMMENT 'One row for each page and tracker: what it does in each state of consent, and what that comes to'
