-- Portfolios: the targets that somebody watches, with what is known of each; runs that are the crawl of a portfolio in one
-- night; and what schedules have decided.
--
-- An import writes its rows under a fresh `batch`. They count once its row in `portfolio_imports` is there, which is written
-- last: an import that broke off leaves nothing that counts. The view `portfolio_targets` shows what counts.

CREATE TABLE IF NOT EXISTS portfolios
(
    portfolio        LowCardinality(String) COMMENT 'The portfolio',
    batch            LowCardinality(String) COMMENT 'ULID of the import; the rows count if portfolio_imports names it last',
    start            String COMMENT 'Address that a crawl is to start from' CODEC(ZSTD(3)),
    line             UInt64 COMMENT 'Where it stands in what was imported, from 1; of two lines with the same address the later counts. 0: taken over from the import before',
    scheme_given     Bool COMMENT 'Whether the address was written with its scheme; else http is tried too',
    only_this_page   Bool COMMENT 'Whether just this page is meant, and not its site',
    site             String COMMENT 'Registrable domain of the start' CODEC(ZSTD(3)),
    owner            String COMMENT 'Whose it is; empty if nobody says' CODEC(ZSTD(3)),
    sector           LowCardinality(String) COMMENT 'What they do; empty if nobody says',
    country          LowCardinality(String) COMMENT 'Where they are; empty if nobody says',
    sensitive        LowCardinality(String) COMMENT 'What the site is about: health, financial, government or none; empty if nobody says',
    monthly_sessions UInt64 COMMENT 'Sessions in a month; 0 if nobody says',
    tags             Map(String, String) COMMENT 'Further columns of what was imported, without those that are empty' CODEC(ZSTD(3))
)
ENGINE = ReplacingMergeTree(line)
ORDER BY (portfolio, batch, start)
COMMENT 'Targets of portfolios, of each import by itself; see the view portfolio_targets';

CREATE TABLE IF NOT EXISTS portfolio_imports
(
    portfolio   LowCardinality(String) COMMENT 'The portfolio',
    batch       String COMMENT 'ULID of the import; empty where the portfolio was removed',
    mode        LowCardinality(String) COMMENT 'replace, add or remove',
    source      String COMMENT 'Where it came from: a file name, - for standard input',
    targets     UInt64 COMMENT 'How many targets the portfolio has since then',
    duplicates  UInt64 COMMENT 'How many lines repeated another one',
    bad_lines   UInt64 COMMENT 'How many lines could not be read',
    imported_at DateTime64(6, 'UTC') DEFAULT now64(6) COMMENT 'When it was whole; the latest one counts'
)
ENGINE = ReplacingMergeTree(imported_at)
ORDER BY (portfolio, batch)
COMMENT 'What was imported into portfolios; the row is written after its targets';

CREATE OR REPLACE VIEW portfolio_targets AS
SELECT
    portfolio, start, line, scheme_given, only_this_page, site, owner, sector, country, sensitive, monthly_sessions, tags,
    -- All that a target can be chosen by.
    mapUpdate(tags, map('owner', owner, 'sector', toString(sector), 'country', toString(country), 'sensitive', toString(sensitive))) AS known
FROM portfolios FINAL
WHERE (portfolio, batch) IN (
    SELECT portfolio, argMax(batch, imported_at) FROM portfolio_imports GROUP BY portfolio
);

ALTER TABLE runs
    ADD COLUMN IF NOT EXISTS region LowCardinality(String) COMMENT 'Through which region''s exit the web is seen; empty for the usual one',
    ADD COLUMN IF NOT EXISTS portfolio LowCardinality(String) COMMENT 'The portfolio whose targets it has; empty for targets of its own',
    ADD COLUMN IF NOT EXISTS night Nullable(Date) COMMENT 'The night that it is the crawl of; NULL if it is none';

CREATE TABLE IF NOT EXISTS schedule_log
(
    schedule   LowCardinality(String) COMMENT 'Name of the schedule',
    due        DateTime('UTC') COMMENT 'When it was due; for added, since when it counts',
    expression String COMMENT 'Cron expression and time zone at that time',
    portfolio  LowCardinality(String) COMMENT 'Of which portfolio a crawl was due',
    outcome    LowCardinality(String) COMMENT 'added, started, overlap, missed or failed',
    run_id     String COMMENT 'The run that was started, or that was in the way; empty if there is none',
    detail     String COMMENT 'What there is to say beyond the outcome' CODEC(ZSTD(3)),
    decided_at DateTime64(6, 'UTC') DEFAULT now64(6) COMMENT 'When this row was written; the latest one counts'
)
ENGINE = ReplacingMergeTree(decided_at)
ORDER BY (schedule, due)
COMMENT 'What became of each time at which a schedule was due';
