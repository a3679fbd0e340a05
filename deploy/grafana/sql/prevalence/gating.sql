-- What trackers do with the choice, by category, where that is known: pairs of a tracker and a site.
SELECT
    toString(category) AS category,
    countIf(counted_vendors.gating = 'gated') / known AS share_gated,
    countIf(counted_vendors.gating = 'opt_out') / known AS share_opt_out,
    countIf(counted_vendors.gating IN ('on_paper', 'despite_reject_only')) / known AS share_despite,
    countIf(counted_vendors.gating = 'no_banner') / known AS share_no_banner,
    countIf(counted_vendors.gating IN ('before_choice', 'cookieless')) / known AS share_other,
    count() AS known
FROM counted_vendors
WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
  AND region = replaceAll(${region:singlequote}, '(usual)', '')
  AND kind = 'scan'
  AND night = toDateOrZero(${night:singlequote})
  AND exposure IN ('tracker', 'content')
  AND counted_vendors.gating != 'unknown'
  AND $__conditionalAll(
      site IN (
          SELECT site
          FROM counted_sites
          WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
            AND region = replaceAll(${region:singlequote}, '(usual)', '')
            AND kind = 'scan'
            AND night = toDateOrZero(${night:singlequote})
            AND sector IN (${sector:singlequote})
      ),
      $sector
  )
GROUP BY category
ORDER BY known DESC, category
