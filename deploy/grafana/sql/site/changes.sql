-- Trackers that came or went from one night to the next on which a page of the site was looked at.
WITH
    nights AS (
        SELECT arraySort(groupUniqArray(night)) AS looked_at
        FROM counted_sites
        WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
          AND region = replaceAll(${region:singlequote}, '(usual)', '')
          AND kind = 'scan'
          AND $__dateFilter(night)
          AND site = ${site:singlequote}
          AND looked
    ),
    there AS (
        SELECT vendor, any(category) AS category, arraySort(groupUniqArray(night)) AS met
        FROM counted_vendors
        WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
          AND region = replaceAll(${region:singlequote}, '(usual)', '')
          AND kind = 'scan'
          AND $__dateFilter(night)
          AND site = ${site:singlequote}
          AND pages_before > 0
          AND exposure IN ('tracker', 'content')
        GROUP BY vendor
    )
SELECT
    toDateTime(step.1) AS night,
    step.2 AS change,
    vendor,
    toString(category) AS category
FROM there
CROSS JOIN nights
ARRAY JOIN arrayFilter(
    one -> one.2 != '',
    arrayMap(
        (one, earlier) -> (one, multiIf(has(met, one) AND NOT has(met, earlier), 'new', has(met, earlier) AND NOT has(met, one), 'gone', '')),
        arraySlice(looked_at, 2),
        arraySlice(looked_at, 1, -1)
    )
) AS step
ORDER BY night DESC, change DESC, vendor
LIMIT 200
