-- Who is new on sites and who is gone from them: the last nights against those before. Each site through each region is compared with
-- itself. What was not looked at whole, on all kinds of pages that the vendor was on, says nothing.
WITH
    {{nights}},
    (SELECT max(night) FROM nights) - {days:UInt16} AS before,
    watched AS (
        SELECT
            site,
            region,
            argMax(nights.segment, night) AS segment,
            countIf(looked AND night <= before) > 0 AND countIf(looked AND night > before) > 0 AS compared,
            groupUniqArrayIf(page_kinds, whole AND night <= before) AS whole_before,
            groupUniqArrayIf(page_kinds, whole AND night > before) AS whole_now
        FROM nights
        GROUP BY site, region
    ),
    all_compared AS (SELECT segment, uniqExactIf(site, compared) AS denominator FROM watched GROUP BY segment),
    met AS (
        SELECT
            vendor,
            site,
            region,
            max(toString(vendor_name)) AS name,
            argMax(category, night) AS does,
            countIf(night <= before) AS times_before,
            countIf(night > before) AS times_now,
            argMaxIf(kinds, night, night <= before) AS kinds_before,
            argMinIf(kinds, night, night > before) AS kinds_now
        FROM (
            SELECT vendor, site, region, vendor_name, category, night, page_kinds AS kinds
            FROM counted_vendors
            WHERE {{scope}} AND {{parties_in_scope}} AND pages_before > 0
              AND (site, run_id) IN (SELECT site, run_id FROM nights)
        )
        GROUP BY vendor, site, region
    ),
    judged AS (
        SELECT
            segment,
            if({by:String} = 'category', toString(does), segment) AS class,
            if({by:String} = 'category', '', toString(vendor)) AS party,
            if(party = '', '', name) AS called,
            met.site AS site,
            times_now > 0 AND times_before = 0 AND arrayExists(kinds -> hasAll(kinds, kinds_now), whole_before) AS is_new,
            times_before > 0 AND times_now = 0 AND arrayExists(kinds -> hasAll(kinds, kinds_before), whole_now) AS is_gone,
            compared AND (times_before = 0) != (times_now = 0) AND NOT is_new AND NOT is_gone AS is_unclear
        FROM met
        INNER JOIN watched ON watched.site = met.site AND watched.region = met.region
    )
SELECT
    class AS segment,
    party AS vendor,
    max(called) AS vendor_name,
    uniqExactIf(site, is_new) AS new,
    uniqExactIf(site, is_gone) AS gone,
    uniqExactIf(site, is_unclear) AS unclear,
    any(denominator) AS denominator,
    arraySlice(arraySort(groupUniqArrayIf(site, is_new)), 1, 5) AS new_on,
    arraySlice(arraySort(groupUniqArrayIf(site, is_gone)), 1, 5) AS gone_from
FROM judged
INNER JOIN all_compared ON all_compared.segment = judged.segment
GROUP BY class, party
HAVING new > 0 OR gone > 0 OR unclear > 0
ORDER BY new + gone DESC, new DESC, unclear DESC, vendor, segment
LIMIT {limit:UInt64} BY segment
