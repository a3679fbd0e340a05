-- Users of a ClickHouse server that a fleet shares, each with what its roles need and no more. Run it once as an
-- administrator, with `clickhouse-client --multiquery`, after you have set passwords of your own; then run
-- `earshot migrate` as earshot_migrator, before any role starts and after each upgrade. The database is called earshot
-- (`database` in earshot's configuration).
--
--   role                              user                what it does
--   (earshot migrate)                 earshot_migrator    makes and changes tables
--   coordinator, recorder, web        earshot_writer      reads, and adds rows; no table is changed
--   (Grafana, earshot sql, report)    earshot_reader      reads
--   crawler, browser                  earshot_reader      look only whether the tables are up to date
--
-- A row is never changed in place: a newer one replaces it, so INSERT is nearly all that a writer needs. Only what an import of
-- a portfolio that broke off has left is deleted, and roll-ups that count no more.

CREATE DATABASE IF NOT EXISTS earshot;

CREATE USER IF NOT EXISTS earshot_migrator IDENTIFIED WITH sha256_password BY 'change-me-migrator';
CREATE USER IF NOT EXISTS earshot_writer IDENTIFIED WITH sha256_password BY 'change-me-writer';
-- A reader cannot change settings either, except those that its client sends with a query: readonly = 2.
CREATE USER IF NOT EXISTS earshot_reader IDENTIFIED WITH sha256_password BY 'change-me-reader' SETTINGS readonly = 2;

-- DROP TABLE: CREATE OR REPLACE VIEW makes another table, swaps the two and drops the older one.
GRANT CREATE DATABASE, CREATE TABLE, CREATE VIEW, DROP VIEW, DROP TABLE, ALTER TABLE, ALTER VIEW, SELECT, INSERT ON earshot.* TO earshot_migrator;
GRANT SELECT, INSERT ON earshot.* TO earshot_writer;
GRANT ALTER DELETE ON earshot.portfolios TO earshot_writer;
GRANT ALTER DELETE ON earshot.portfolio_imports TO earshot_writer;
GRANT ALTER DELETE ON earshot.targets TO earshot_writer;
GRANT ALTER DELETE ON earshot.rollups TO earshot_writer;
GRANT ALTER DELETE ON earshot.site_nights TO earshot_writer;
GRANT ALTER DELETE ON earshot.vendor_sites TO earshot_writer;
GRANT SELECT ON earshot.* TO earshot_reader;
