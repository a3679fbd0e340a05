-- By night: when the vendor was contacted first, over its sites.
SELECT
    toDateTime(night) AS time,
    quantileExactInclusive(0.25)(first_contact_ms) AS p25_ms,
    quantileExactInclusive(0.5)(first_contact_ms) AS p50_ms,
    quantileExactInclusive(0.9)(first_contact_ms) AS p90_ms
FROM counted_vendors
WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
  AND region = replaceAll(${region:singlequote}, '(usual)', '')
  AND kind = 'scan'
  AND $__dateFilter(night)
  AND vendor = ${vendor:singlequote}
  AND pages_before > 0
GROUP BY night
ORDER BY time
