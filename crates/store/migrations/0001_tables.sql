-- What runs and visits leave behind. Every row has a derived key, so that work done twice replaces itself.
--
-- A visit is recorded under a fresh `recording`, and its row in `visits` is written last. Rows of `events`,
-- `findings` and `gaps` count only if their recording is the one that `visits FINAL` names: what a half-written or
-- superseded recording left behind is never seen.

CREATE TABLE IF NOT EXISTS runs
(
    run_id         LowCardinality(String) COMMENT 'ULID of the run',
    started_at     DateTime64(3, 'UTC') COMMENT 'When it was started',
    label          String COMMENT 'What people call it: a file name, a domain',
    digest         String COMMENT 'SHA-256 (hex) over targets and options; --resume recognises the command by it',
    seeds          UInt64 COMMENT 'How many targets it has',
    pages_per_site UInt32 COMMENT 'How many pages of each site are visited at most',
    profiles       Array(LowCardinality(String)) COMMENT 'How its visits behave towards consent',
    state          LowCardinality(String) COMMENT 'running, complete or cancelled',
    updated_at     DateTime64(6, 'UTC') DEFAULT now64(6) COMMENT 'When this row was written; the latest one counts'
)
ENGINE = ReplacingMergeTree(updated_at)
ORDER BY run_id
COMMENT 'One campaign over a portfolio';

CREATE TABLE IF NOT EXISTS targets
(
    run_id         LowCardinality(String) COMMENT 'The run',
    start          String COMMENT 'Address that the crawl is to start from' CODEC(ZSTD(3)),
    scheme_given   Bool COMMENT 'Whether the address was written with its scheme; else http is tried too',
    only_this_page Bool COMMENT 'Whether just this page is meant, and not its site'
)
ENGINE = ReplacingMergeTree
ORDER BY (run_id, start)
COMMENT 'What a run was asked to scan; written before the run itself';

CREATE TABLE IF NOT EXISTS seeds
(
    run_id      LowCardinality(String) COMMENT 'The run',
    start       String COMMENT 'Address that the crawl started from' CODEC(ZSTD(3)),
    site        String COMMENT 'Registrable domain of the start',
    class       LowCardinality(String) COMMENT 'seen, blocked, failed or refused',
    outcome     LowCardinality(String) COMMENT 'How the crawl ended',
    status      Nullable(UInt16) COMMENT 'HTTP status of the start, where one arrived',
    detail      String COMMENT 'What there is to say beyond the outcome' CODEC(ZSTD(3)),
    discovered  UInt32 COMMENT 'Distinct pages of the site that were seen, chosen or not',
    pages       Array(String) COMMENT 'The pages to visit' CODEC(ZSTD(3)),
    kinds       Array(LowCardinality(String)) COMMENT 'What each of them looks like: home, contact, ...',
    took_ms     UInt32 COMMENT 'How long the crawl took',
    recorded_at DateTime64(6, 'UTC') DEFAULT now64(6) COMMENT 'When this row was written; the latest one counts'
)
ENGINE = ReplacingMergeTree(recorded_at)
ORDER BY (run_id, start)
COMMENT 'One crawled target';

CREATE TABLE IF NOT EXISTS visits
(
    run_id              LowCardinality(String) COMMENT 'The run',
    site                String COMMENT 'Registrable domain of the page',
    visit_id            UUID COMMENT 'Derived from run, page, profile and repetition',
    recording           UUID COMMENT 'Which rows of events, findings and gaps belong to this visit',
    start               String COMMENT 'Address that the crawl of the site started from' CODEC(ZSTD(3)),
    page                String COMMENT 'What was opened' CODEC(ZSTD(3)),
    page_kind           LowCardinality(String) COMMENT 'What it looks like: home, contact, ...',
    profile             LowCardinality(String) COMMENT 'How the visit behaved towards consent',
    repetition          UInt32 COMMENT 'Which visit of this page under this profile, from 0',
    started_at          DateTime64(3, 'UTC') COMMENT 'When the navigation began' CODEC(Delta, ZSTD(1)),
    took_ms             UInt32 COMMENT 'From navigation to the end of the visit',
    final_url           String COMMENT 'Where redirects led to; empty if nowhere' CODEC(ZSTD(3)),
    class               LowCardinality(String) COMMENT 'seen, blocked, failed or refused',
    outcome             LowCardinality(String) COMMENT 'How it ended',
    status              Nullable(UInt16) COMMENT 'HTTP status of the document, where one arrived',
    detail              String COMMENT 'What there is to say beyond the outcome' CODEC(ZSTD(3)),
    browser             LowCardinality(String) COMMENT 'Product and version of the browser',
    user_agent          LowCardinality(String) COMMENT 'The user agent that was presented',
    third_party_cookies Bool COMMENT 'Whether unpartitioned third-party cookies could be set',
    earshot             LowCardinality(String) COMMENT 'Version of Earshot',
    events              UInt32 COMMENT 'How many facts were observed',
    requests            UInt32 COMMENT 'How many of them are requests',
    findings            UInt32 COMMENT 'How many findings were read from them',
    trackers            UInt32 COMMENT 'How many distinct vendors of those are trackers',
    gaps                UInt32 COMMENT 'How many things could not be looked at',
    screenshot          String COMMENT 'Key of the picture in the evidence store; empty if there is none',
    recorded_at         DateTime64(6, 'UTC') DEFAULT now64(6) COMMENT 'When this row was written; the latest one counts'
)
ENGINE = ReplacingMergeTree(recorded_at)
ORDER BY (run_id, site, visit_id)
COMMENT 'One page opened once under one profile; written after everything that belongs to it';

CREATE TABLE IF NOT EXISTS events
(
    run_id          LowCardinality(String) COMMENT 'The run',
    site            String COMMENT 'Registrable domain of the visited page' CODEC(ZSTD(1)),
    visit_id        UUID COMMENT 'The visit',
    seq             UInt32 COMMENT 'Position within the visit, from 0' CODEC(Delta, ZSTD(1)),
    recording       UUID COMMENT 'Counts if visits names the same' CODEC(ZSTD(1)),
    page            String COMMENT 'The visited page' CODEC(ZSTD(3)),
    at_ms           Nullable(Float64) COMMENT 'ms since navigation start; NULL where the moment is not known' CODEC(Gorilla, ZSTD(1)),
    fact            LowCardinality(String) COMMENT 'request, response, failed, socket_frame, cookie or storage',
    vendor          LowCardinality(String) COMMENT 'Catalogue id of the third party, or its registrable domain; empty for none',
    frame_site      LowCardinality(String) COMMENT 'Registrable domain of the document or worker; empty if unknown',
    host            String COMMENT 'Host of the request, domain of the cookie, host of the storage' CODEC(ZSTD(1)),
    third_party     String COMMENT 'Registrable domain of the host if it is not the visited site; else empty' CODEC(ZSTD(1)),
    url             String COMMENT 'Address of the request, cut at 2 KiB' CODEC(ZSTD(3)),
    method          LowCardinality(String) COMMENT 'HTTP method',
    transport       LowCardinality(String) COMMENT 'By which means: script, image, beacon, ...',
    request         Nullable(UInt32) COMMENT 'seq of the request that this answers, fails, frames or that set the cookie',
    redirect_of     Nullable(UInt32) COMMENT 'seq of the request whose redirect this one follows',
    status          Nullable(UInt16) COMMENT 'HTTP status of a response',
    mime            LowCardinality(String) COMMENT 'MIME type of a response',
    local           Bool COMMENT 'Whether a cache or a service worker answered',
    error           LowCardinality(String) COMMENT 'Why a request failed, or a cookie was blocked',
    direction       LowCardinality(String) COMMENT 'sent or received, for a socket frame',
    body_bytes      UInt64 COMMENT 'Length of the body as sent' CODEC(T64, ZSTD(1)),
    decoded_bytes   UInt64 COMMENT 'Its length after unpacking' CODEC(T64, ZSTD(1)),
    initiator       LowCardinality(String) COMMENT 'What caused the request: parser, script, ...',
    initiator_url   String COMMENT 'The document or script that did, cut at 2 KiB' CODEC(ZSTD(3)),
    initiator_chain Array(String) COMMENT 'Scripts on its stack, innermost first, each once' CODEC(ZSTD(3)),
    on_leave        Bool COMMENT 'Whether it was seen while leaving the page',
    name            String COMMENT 'Name of the cookie, or key in the storage' CODEC(ZSTD(1)),
    area            LowCardinality(String) COMMENT 'local or session, for storage',
    value_bytes     UInt32 COMMENT 'Length of the value; the value itself is not kept',
    lifetime_s      Nullable(Int64) COMMENT 'Lifetime of the cookie; NULL for a session cookie',
    http_only       Bool COMMENT 'Whether scripts cannot read the cookie',
    recorded_at     DateTime64(6, 'UTC') DEFAULT now64(6) COMMENT 'When this row was written; the latest one counts' CODEC(Delta, ZSTD(1)),
    INDEX vendor vendor TYPE set(100) GRANULARITY 4,
    INDEX third_party third_party TYPE bloom_filter(0.01) GRANULARITY 4
)
ENGINE = ReplacingMergeTree(recorded_at)
ORDER BY (run_id, site, visit_id, seq, recording)
COMMENT 'One observed fact. The vendor is an opinion and may change, so it is an index and not part of the key';

CREATE TABLE IF NOT EXISTS gaps
(
    run_id      LowCardinality(String) COMMENT 'The run',
    site        String COMMENT 'Registrable domain of the visited page',
    visit_id    UUID COMMENT 'The visit',
    seq         UInt32 COMMENT 'Position among the gaps of the visit, from 0',
    recording   UUID COMMENT 'Counts if visits names the same',
    page        String COMMENT 'The visited page' CODEC(ZSTD(3)),
    kind        LowCardinality(String) COMMENT 'What kind of thing was missed',
    detail      String COMMENT 'What exactly' CODEC(ZSTD(3)),
    recorded_at DateTime64(6, 'UTC') DEFAULT now64(6) COMMENT 'When this row was written; the latest one counts'
)
ENGINE = ReplacingMergeTree(recorded_at)
ORDER BY (run_id, site, visit_id, seq, recording)
COMMENT 'Something that could not be looked at';

CREATE TABLE IF NOT EXISTS findings
(
    run_id           LowCardinality(String) COMMENT 'The run',
    vendor           LowCardinality(String) COMMENT 'Catalogue id of the third party, or its registrable domain',
    site             String COMMENT 'Registrable domain of the visited page',
    finding_id       UUID COMMENT 'Derived from visit, rule and vendor',
    visit_id         UUID COMMENT 'The visit that it was read from',
    recording        UUID COMMENT 'Counts if visits names the same',
    page             String COMMENT 'The visited page' CODEC(ZSTD(3)),
    rule             LowCardinality(String) COMMENT 'What is said: pre_consent_contact',
    vendor_name      LowCardinality(String) COMMENT 'What people call the vendor',
    category         LowCardinality(String) COMMENT 'What it does: session_replay, analytics, ...',
    exposure         LowCardinality(String) COMMENT 'none, unknown, tracker or content',
    first_contact_ms Float64 COMMENT 'First contact: ms since navigation start',
    proof            UInt32 COMMENT 'seq of the request that proves it',
    proof_url        String COMMENT 'Address of that request' CODEC(ZSTD(3)),
    requests         UInt32 COMMENT 'Requests to the vendor',
    uploads          UInt32 COMMENT 'Requests and frames that had a body',
    wire_bytes       UInt64 COMMENT 'Bytes of those bodies as sent',
    decoded_bytes    UInt64 COMMENT 'Bytes of those bodies after unpacking',
    stored           Array(String) COMMENT 'What the vendor stored: cookie:_clck, local:key',
    recorded_at      DateTime64(6, 'UTC') DEFAULT now64(6) COMMENT 'When this row was written; the latest one counts'
)
ENGINE = ReplacingMergeTree(recorded_at)
ORDER BY (run_id, vendor, site, finding_id, recording)
COMMENT 'A judgement over the events of one visit';
