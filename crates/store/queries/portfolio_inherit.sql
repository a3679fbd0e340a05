-- Takes the targets that a portfolio has now over into a new import; its own lines count more.
INSERT INTO portfolios
    (portfolio, batch, start, line, scheme_given, only_this_page, site, owner, sector, country, sensitive, monthly_sessions, tags)
SELECT
    portfolio, {batch:String}, start, 0, scheme_given, only_this_page, site, owner, sector, country, sensitive,
    monthly_sessions, tags
FROM portfolio_targets
WHERE portfolio = {portfolio:String}
