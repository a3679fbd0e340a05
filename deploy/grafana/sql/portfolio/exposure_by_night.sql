-- Shares of sites by night: trackers and who hears content before any choice, of those looked at; what is typed, of those typed into.
SELECT
    toDateTime(night) AS time,
    uniqExactIf(site, looked AND trackers > 0) / nullIf(uniqExactIf(site, looked), 0) AS share_trackers,
    uniqExactIf(site, looked AND recorders > 0) / nullIf(uniqExactIf(site, looked), 0) AS share_recorders,
    uniqExactIf(site, typed AND grade IN ('K4', 'K5', 'K6')) / nullIf(uniqExactIf(site, typed), 0) AS share_keystrokes
FROM counted_sites
WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
  AND region = replaceAll(${region:singlequote}, '(usual)', '')
  AND kind = 'scan'
  AND $__dateFilter(night)
  AND $__conditionalAll(sector IN (${sector:singlequote}), $sector)
GROUP BY night
ORDER BY time
