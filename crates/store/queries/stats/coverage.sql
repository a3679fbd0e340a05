-- Of all sites in scope, those that were seen, and why the others were not.
WITH
    {{sites}},
    all_sites AS (SELECT segment, count() AS denominator FROM sites GROUP BY segment),
    ended AS (
        SELECT
            segment,
            state,
            if(state = 'seen', '', toString(why)) AS reason,
            count() AS numerator,
            sum(planned) AS all_planned,
            sum(seen) AS all_seen,
            sum(partial) AS all_partial
        FROM sites
        GROUP BY segment, state, reason
    )
SELECT
    ended.segment AS segment,
    state,
    reason AS why,
    numerator,
    denominator,
    {{share numerator denominator}},
    all_planned AS visits_planned,
    all_seen AS visits_seen,
    all_partial AS visits_partial
FROM ended
INNER JOIN all_sites ON all_sites.segment = ended.segment
ORDER BY segment, numerator DESC, state, why
LIMIT {limit:UInt64} BY segment
