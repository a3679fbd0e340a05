-- What proves a visit: from where it was seen, who answered, where its pictures and evidence lie, and by which rules it was
-- judged; and runs that visit the pages of another run once more. Rows of before have what stands here as a default.

ALTER TABLE runs
    ADD COLUMN IF NOT EXISTS repetitions UInt32 DEFAULT 1 COMMENT 'How often each page is visited under each profile',
    ADD COLUMN IF NOT EXISTS egress String COMMENT 'From where the web is seen: direct, or host and port of a proxy; empty if nobody noted it',
    ADD COLUMN IF NOT EXISTS against LowCardinality(String) COMMENT 'The run whose pages are visited once more to see whether they are fixed; empty for a scan';

ALTER TABLE visits
    ADD COLUMN IF NOT EXISTS egress LowCardinality(String) COMMENT 'From where it was seen: direct, or host and port of a proxy; empty if nobody noted it',
    ADD COLUMN IF NOT EXISTS address String COMMENT 'IP address and port that answered for the document; empty behind a proxy, which connects itself',
    ADD COLUMN IF NOT EXISTS tls LowCardinality(String) COMMENT 'Protocol of the document, such as TLS 1.3; empty for http',
    ADD COLUMN IF NOT EXISTS certificate String COMMENT 'SHA-256 (hex) of the certificate of the document; empty if not known',
    ADD COLUMN IF NOT EXISTS pictures Array(Tuple(String, String, Nullable(Float64))) COMMENT 'Pictures in the evidence store: (banner or end, key, ms since navigation start)' CODEC(ZSTD(3)),
    ADD COLUMN IF NOT EXISTS evidence String COMMENT 'Where the manifest of the evidence lies in the evidence store; empty if none was kept' CODEC(ZSTD(3)),
    ADD COLUMN IF NOT EXISTS ruleset LowCardinality(String) COMMENT 'Version of catalogue and rules by which it was judged; empty if nobody noted it',
    COMMENT COLUMN IF EXISTS screenshot 'Key of the last picture; empty if there is none';

ALTER TABLE findings
    ADD COLUMN IF NOT EXISTS ruleset LowCardinality(String) COMMENT 'Version of catalogue and rules that said so: what an earlier one said stays, under the recording that counted then';
