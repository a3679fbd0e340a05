-- Takes the targets that a portfolio has now over into a new import; its own lines count more.
INSERT INTO portfolios
    (portfolio, batch, start, line, scheme_given, only_this_page, site, owner, sector, country, sensitive, monthly_sessions, tags)
SELECT
    portfolio, {batch:String}, start, 0, scheme_given, only_this_page, site, owner, sector, country, sensitive,
    monthly_sessions, tags
FROM portfolio_targets
WHERE portfolio = {portfolio:String}
-- Written in pieces, so that the store needs no more memory for a long list.
SETTINGS min_insert_block_size_rows = 100000, min_insert_block_size_bytes = 0, max_threads = 2
