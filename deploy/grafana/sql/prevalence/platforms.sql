-- Platforms of the banners: sites of which one was seen, of those looked at; sites without a banner, and where nobody knows, beside them.
WITH
    (
        SELECT uniqExactIf(site, looked)
        FROM counted_sites
        WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
          AND region = replaceAll(${region:singlequote}, '(usual)', '')
          AND kind = 'scan'
          AND night = toDateOrZero(${night:singlequote})
          AND $__conditionalAll(sector IN (${sector:singlequote}), $sector)
    ) AS looked_at
SELECT
    multiIf(asks AND one != '', one, asks, '(banner of no known platform)', none, '(no banner)', '(not known)') AS platform,
    count() AS sites,
    sites / nullIf(looked_at, 0) AS share
FROM (
    SELECT site, max(banner) AS asks, min(no_banner) AS none, max(cmp) AS one
    FROM counted_sites
    WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
      AND region = replaceAll(${region:singlequote}, '(usual)', '')
      AND kind = 'scan'
      AND night = toDateOrZero(${night:singlequote})
      AND $__conditionalAll(sector IN (${sector:singlequote}), $sector)
      AND looked
    GROUP BY site
)
GROUP BY platform
ORDER BY sites DESC, platform
LIMIT 30
