-- By night: the share of sites on which the vendor was contacted before any choice, of those looked at.
SELECT toDateTime(night) AS time, sites / nullIf(looked, 0) AS share
FROM (
    SELECT night, uniqExactIf(site, looked) AS looked
    FROM counted_sites
    WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
      AND region = replaceAll(${region:singlequote}, '(usual)', '')
      AND kind = 'scan'
      AND $__dateFilter(night)
    GROUP BY night
) AS all_sites
LEFT JOIN (
    SELECT night, uniqExact(site) AS sites
    FROM counted_vendors
    WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
      AND region = replaceAll(${region:singlequote}, '(usual)', '')
      AND kind = 'scan'
      AND $__dateFilter(night)
      AND vendor = ${vendor:singlequote}
      AND pages_before > 0
    GROUP BY night
) AS its_sites ON its_sites.night = all_sites.night
ORDER BY time
