-- What was typed into pages, and who heard it. Rows of before have an empty grade: nothing was typed then.

ALTER TABLE events
    ADD COLUMN IF NOT EXISTS last_key_ms Nullable(Float64) COMMENT 'When the last key of an entry went up: ms since navigation start',
    ADD COLUMN IF NOT EXISTS blurred_ms Nullable(Float64) COMMENT 'When the field of an entry lost the focus; NULL if it did not',
    ADD COLUMN IF NOT EXISTS ordinal Nullable(UInt32) COMMENT 'Which of the canaries of the visit an entry was given; what was typed is derived from it',
    COMMENT COLUMN IF EXISTS fact 'request, response, failed, socket_frame, cookie, storage, listener, field_read, api_call, alias, mark or entry',
    COMMENT COLUMN IF EXISTS target 'What is listened on, or the field that was read or typed into, as a short selector',
    COMMENT COLUMN IF EXISTS area 'local, session, indexeddb or cache for storage; the kind of a mark: generator, global, container, ...; what the field of an entry asks for: email, name, ...',
    COMMENT COLUMN IF EXISTS count 'How often the same script did the same, at least, for listener, field_read and api_call; characters typed, for an entry',
    COMMENT COLUMN IF EXISTS kept 'Whether the cookie was there at the end of the visit, NULL if the jar could not be read; whether the field of an entry held what was typed';

ALTER TABLE findings
    ADD COLUMN IF NOT EXISTS grade LowCardinality(String) COMMENT 'K0 to K6: how much it hears of what is typed on this page; empty where nobody knows: nothing was typed, or not all that went there could be read',
    -- Tuples without names: what ClickHouse clients read in every language. The view below names the parts: field, kind,
    -- entry, grade, form, weak, times, one or no proof of (event, url, part, bytes, chain, inner, name, stack, phase,
    -- at_ms, since_first_key_ms), and the way.
    ADD COLUMN IF NOT EXISTS heard Array(Tuple(String, String, UInt32, String, String, Bool, UInt32, Array(Tuple(UInt32, String, String, Tuple(UInt64, UInt64), Array(String), Tuple(UInt64, UInt64), String, Array(Tuple(String, String, UInt32, UInt32)), String, Float64, Float64)), String)) COMMENT 'What it hears of each field, for the rule keystrokes; the view of that name has it flat' CODEC(ZSTD(3)),
    COMMENT COLUMN IF EXISTS rule 'What is said: pre_consent_contact, fingerprinting, listening or keystrokes';

CREATE OR REPLACE VIEW keystrokes
(
    run_id LowCardinality(String) COMMENT 'The run',
    vendor LowCardinality(String) COMMENT 'Catalogue id of the party, or its registrable domain',
    site String COMMENT 'Registrable domain of the visited page',
    finding_id UUID COMMENT 'The finding',
    visit_id UUID COMMENT 'The visit',
    recording UUID COMMENT 'Which recording of the visit it belongs to',
    page String COMMENT 'The visited page',
    vendor_name LowCardinality(String) COMMENT 'What people call the vendor',
    category LowCardinality(String) COMMENT 'What it does: session_replay, analytics, ...; first_party for the site itself',
    exposure LowCardinality(String) COMMENT 'none, unknown, tracker or content',
    field String COMMENT 'The field, as a short selector',
    kind String COMMENT 'What it asks for: email, name, ...',
    entry UInt32 COMMENT 'seq of the entry',
    grade String COMMENT 'K0 to K6: how much of it is heard',
    form String COMMENT 'In which form: whole, sha256 of the ..., masked, ...',
    weak Bool COMMENT 'Whether many values share that form (a checksum, a short hash)',
    times UInt32 COMMENT 'How often it was sent, read or listened for',
    way String COMMENT 'taken from the field; page_address: the page wrote it there; own_frame: the field stands in a frame of the party',
    event UInt32 COMMENT 'seq of the event that proves it; this and all that follows say nothing for K0',
    url String COMMENT 'Address of that request, or of the script',
    part String COMMENT 'body, url, header:NAME or frame; empty where nothing was sent',
    first_byte UInt64 COMMENT 'First byte of it in that part as sent',
    end_byte UInt64 COMMENT 'The byte after the last',
    chain Array(String) COMMENT 'How it was wrapped, from outside in',
    inner_first_byte UInt64 COMMENT 'First byte of it in the innermost layer',
    inner_end_byte UInt64 COMMENT 'The byte after the last',
    name String COMMENT 'The key or parameter that it stands under',
    scripts Array(String) COMMENT 'Scripts that sent it, read or listen, innermost first',
    phase String COMMENT 'Where the visitor stood with consent',
    at_ms Float64 COMMENT 'When: ms since navigation start',
    since_first_key_ms Float64 COMMENT 'When: ms since the first key in the field'
)
AS SELECT
    run_id,
    vendor,
    site,
    finding_id,
    visit_id,
    recording,
    page,
    vendor_name,
    category,
    exposure,
    one.1 AS field,
    one.2 AS kind,
    one.3 AS entry,
    one.4 AS grade,
    one.5 AS form,
    one.6 AS weak,
    one.7 AS times,
    one.9 AS way,
    one.8[1].1 AS event,
    one.8[1].2 AS url,
    one.8[1].3 AS part,
    one.8[1].4.1 AS first_byte,
    one.8[1].4.2 AS end_byte,
    one.8[1].5 AS chain,
    one.8[1].6.1 AS inner_first_byte,
    one.8[1].6.2 AS inner_end_byte,
    one.8[1].7 AS name,
    arrayMap(frame -> frame.1, one.8[1].8) AS scripts,
    one.8[1].9 AS phase,
    one.8[1].10 AS at_ms,
    one.8[1].11 AS since_first_key_ms
FROM findings FINAL
ARRAY JOIN heard AS one
WHERE rule = 'keystrokes'
  AND (visit_id, recording) IN (SELECT visit_id, recording FROM visits FINAL)
COMMENT 'One row for each field and party that hears it, of recordings that count';
