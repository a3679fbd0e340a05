-- From the first night on which a vendor was contacted before any choice to the first one after which it was not any more: each
-- vendor on each site through each region. It is fixed on the first night after the last contact on which the site was looked at
-- whole, on all kinds of pages that the vendor was on last. Else it is open, and counts as present until the last contact.
WITH
    {{nights}},
    watched AS (
        SELECT site, region, argMax(nights.segment, night) AS segment, groupArrayIf((night, page_kinds), whole) AS wholes
        FROM nights
        GROUP BY site, region
    ),
    met AS (
        SELECT
            vendor,
            site,
            region,
            max(toString(vendor_name)) AS name,
            argMax(category, night) AS does,
            min(night) AS first,
            max(night) AS last,
            argMax(kinds, night) AS last_kinds,
            groupUniqArray(night) AS present
        FROM (
            SELECT vendor, site, region, vendor_name, category, night, page_kinds AS kinds
            FROM counted_vendors
            WHERE {{scope}} AND {{parties_in_scope}} AND pages_before > 0
              AND (site, run_id) IN (SELECT site, run_id FROM nights)
        )
        GROUP BY vendor, site, region
    ),
    spans AS (
        SELECT
            segment,
            vendor,
            name,
            does,
            arrayMap(one -> one.1, arrayFilter(one -> hasAll(one.2, last_kinds), wholes)) AS silent,
            arrayFilter(night -> night > last, silent) AS after,
            notEmpty(after) AS is_fixed,
            arrayExists(night -> night > first AND night < last AND NOT has(present, night), silent) AS came_back,
            toUInt32(if(is_fixed, arrayMin(after), last) - first) AS days
        FROM met
        INNER JOIN watched ON watched.site = met.site AND watched.region = met.region
    ),
    by_days AS (
        SELECT group.1 AS class, group.2 AS party, days, max(name) AS called, countIf(is_fixed) AS ends, count() AS all_ends, countIf(came_back) AS back
        FROM spans
        ARRAY JOIN [
            (if({by:String} = 'category', toString(does), segment), if({by:String} = 'category', '', toString(vendor))),
            (segment, '')
        ] AS group
        GROUP BY class, party, days
    ),
    -- Kaplan and Meier: of those that are still there after so many days, how many are fixed then.
    curves AS (
        SELECT
            class,
            party,
            if(party = '', '', max(called)) AS vendor_name,
            sum(ends) AS numerator,
            sum(all_ends) AS denominator,
            sum(back) AS returned,
            arraySort(groupArray((days, ends, all_ends))) AS steps,
            arrayCumSum(step -> step.3, steps) AS left_by,
            arrayMap(
                survived -> exp(survived),
                arrayCumSum((step, gone) -> log(1 - step.2 / (denominator - gone + step.3)), steps, left_by)
            ) AS curve
        FROM by_days
        GROUP BY class, party
    )
SELECT
    class AS segment,
    party AS vendor,
    vendor_name,
    numerator,
    denominator,
    {{share numerator denominator}},
    toUInt64(denominator - numerator) AS open,
    returned,
    arrayFirstOrNull((step, survived) -> survived <= 0.75 + 1e-9, steps, curve).1 AS p25_days,
    arrayFirstOrNull((step, survived) -> survived <= 0.5 + 1e-9, steps, curve).1 AS median_days
FROM curves
ORDER BY denominator DESC, vendor, segment
LIMIT {limit:UInt64} BY segment
