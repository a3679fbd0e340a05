-- What the site asks for.
SELECT
    multiIf(max(banner), 'yes', min(no_banner), 'no', 'not known') AS asks,
    toString(max(cmp)) AS platform,
    multiIf(NOT max(banner), '', max(no_reject), 'not on the first layer', 'on the first layer') AS refusing,
    multiIf(NOT max(banner), '', max(reject_harder), 'yes', 'no') AS harder,
    max(reject_watched) AS watched_reject,
    max(accept_watched) AS watched_accept,
    max(gpc_watched) AS watched_gpc
FROM counted_sites
WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
  AND region = replaceAll(${region:singlequote}, '(usual)', '')
  AND kind = 'scan'
  AND night = toDateOrZero(${night:singlequote})
  AND site = ${site:singlequote}
HAVING count() > 0
