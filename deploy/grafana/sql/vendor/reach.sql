-- The share of sites on which the vendor was contacted before any choice, of those looked at.
WITH
    (
        SELECT uniqExactIf(site, looked)
        FROM counted_sites
        WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
          AND region = replaceAll(${region:singlequote}, '(usual)', '')
          AND kind = 'scan'
          AND night = toDateOrZero(${night:singlequote})
    ) AS looked_at
SELECT uniqExact(site) / nullIf(looked, 0) AS share, assumeNotNull(looked_at) AS looked
FROM counted_vendors
WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
  AND region = replaceAll(${region:singlequote}, '(usual)', '')
  AND kind = 'scan'
  AND night = toDateOrZero(${night:singlequote})
  AND vendor = ${vendor:singlequote}
  AND pages_before > 0
