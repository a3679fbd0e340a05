-- When the vendor was contacted first: the median over its sites.
SELECT quantileExactInclusive(0.5)(counted_vendors.first_contact_ms) AS first_contact_ms
FROM counted_vendors
WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
  AND region = replaceAll(${region:singlequote}, '(usual)', '')
  AND kind = 'scan'
  AND night = toDateOrZero(${night:singlequote})
  AND vendor = ${vendor:singlequote}
  AND pages_before > 0
