-- Everything that a page does beside asking for something: who saw it, who did it, what it stored, what it listens to;
-- and how a vendor came there, under which name, for whose account. Rows of before have what stands here as a default:
-- nobody was asked then.

ALTER TABLE seeds
    ADD COLUMN IF NOT EXISTS failure LowCardinality(String) COMMENT 'Where it failed if nothing was answered: dns, tls or connection; else empty',
    COMMENT COLUMN IF EXISTS class 'seen, blocked, failed, refused or absent';

ALTER TABLE visits
    ADD COLUMN IF NOT EXISTS failure LowCardinality(String) COMMENT 'Where it failed if nothing was answered: dns, tls or connection; else empty',
    COMMENT COLUMN IF EXISTS class 'seen, blocked, failed, refused or absent',
    COMMENT COLUMN IF EXISTS trackers 'How many distinct vendors that were contacted are trackers';

ALTER TABLE events
    ADD COLUMN IF NOT EXISTS phase LowCardinality(String) DEFAULT 'pre_choice' COMMENT 'Where the visitor stood with consent: pre_choice',
    ADD COLUMN IF NOT EXISTS seen_by Array(LowCardinality(String)) COMMENT 'Who saw it: browser, interception, page, inventory, dns; empty if nobody was noted',
    ADD COLUMN IF NOT EXISTS headers Map(LowCardinality(String), String) COMMENT 'Headers of the request by lower-case name, values cut at 2 KiB; cookie, authorization and proxy-authorization have an empty value: it is withheld' CODEC(ZSTD(3)),
    ADD COLUMN IF NOT EXISTS cause Nullable(UInt32) COMMENT 'seq of the request for the script or document that made this request; NULL for the document itself and where nobody saw it',
    ADD COLUMN IF NOT EXISTS behalf Nullable(UInt32) COMMENT 'seq of the request on whose behalf this preflight asks',
    ADD COLUMN IF NOT EXISTS script String COMMENT 'Address of the innermost script that did it, cut at 2 KiB; empty if none did or none was seen' CODEC(ZSTD(3)),
    ADD COLUMN IF NOT EXISTS party LowCardinality(String) COMMENT 'first or third, for cookies and storage; else empty',
    ADD COLUMN IF NOT EXISTS path String COMMENT 'Path of the cookie' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS secure Bool COMMENT 'Whether the cookie goes over TLS only',
    ADD COLUMN IF NOT EXISTS same_site LowCardinality(String) COMMENT 'Strict, Lax or None, as the cookie was set; empty if nothing was said',
    ADD COLUMN IF NOT EXISTS partitioned Bool COMMENT 'Whether the cookie belongs to the partition of this site only',
    ADD COLUMN IF NOT EXISTS kept Nullable(Bool) COMMENT 'Whether the cookie was there at the end of the visit; NULL if the jar could not be read',
    ADD COLUMN IF NOT EXISTS target String COMMENT 'What is listened on, or the field that was read, as a short selector' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS means LowCardinality(String) COMMENT 'How a script listens: listener, handler or observer',
    ADD COLUMN IF NOT EXISTS count UInt32 COMMENT 'How often the same script did the same, at least; for listener, field_read and api_call',
    ADD COLUMN IF NOT EXISTS detail String COMMENT 'What an api_call was about, as key=value words; what a mark says' CODEC(ZSTD(3)),
    ADD COLUMN IF NOT EXISTS chain Array(String) COMMENT 'The names that the CNAMEs of an alias lead through, in order' CODEC(ZSTD(1)),
    COMMENT COLUMN IF EXISTS fact 'request, response, failed, socket_frame, cookie, storage, listener, field_read, api_call, alias or mark',
    COMMENT COLUMN IF EXISTS host 'Host of the request or of the innermost script, domain of the cookie, host of the storage, the alias itself',
    COMMENT COLUMN IF EXISTS initiator_chain 'Scripts on its stack, innermost first, each once; for every fact that has one',
    COMMENT COLUMN IF EXISTS name 'Name of the cookie, key in the storage, event that is listened to, interface that was called, name of the mark',
    COMMENT COLUMN IF EXISTS value_bytes 'Length of the value: bytes for a cookie, UTF-16 units for a key of a storage, 0 for a database or cache; the value itself is not kept',
    COMMENT COLUMN IF EXISTS area 'local, session, indexeddb or cache for storage; the kind of a mark: generator, global, container, ...';

ALTER TABLE findings
    ADD COLUMN IF NOT EXISTS accounts Array(String) COMMENT 'Whose account the vendor works for: project:abc123' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS install_route LowCardinality(String) COMMENT 'How it came into the page: markup, inline, tag_manager, ...; empty if not seen',
    ADD COLUMN IF NOT EXISTS install_name String COMMENT 'By what exactly: the id of a container, the name of a plug-in, the address of a script' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS brought_by Array(String) COMMENT 'Scripts and tag containers on the way to it, from the page downwards' CODEC(ZSTD(3)),
    ADD COLUMN IF NOT EXISTS disguise_kind LowCardinality(String) COMMENT 'cname, proxy or server_side_tagging; empty for none',
    ADD COLUMN IF NOT EXISTS disguise_host String COMMENT 'The host that the page asks instead' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS disguise_chain Array(String) COMMENT 'The names that its CNAMEs lead through' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS disguise_sign String COMMENT 'By what it was recognised: a path, a parameter, a name' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS frames Array(String) COMMENT 'Registrable domains of the frames that it ran in, the page not among them' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS listens Array(String) COMMENT 'What its scripts listen to: keydown document' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS reads Array(String) COMMENT 'Form fields that its scripts read' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS fingerprints Array(LowCardinality(String)) COMMENT 'Techniques by which its scripts tell browsers apart: canvas, webgl, ...',
    ADD COLUMN IF NOT EXISTS details Map(LowCardinality(String), Array(String)) COMMENT 'What else its own traffic says of itself: script_version, upload_host, ...' CODEC(ZSTD(1)),
    COMMENT COLUMN IF EXISTS rule 'What is said: pre_consent_contact, fingerprinting or listening',
    COMMENT COLUMN IF EXISTS first_contact_ms 'First contact, or first call of what the rule is about: ms since navigation start',
    COMMENT COLUMN IF EXISTS proof 'seq of the event that proves it',
    COMMENT COLUMN IF EXISTS proof_url 'Address of that request, or of the script';
