-- What is in scope: one row that goes with every answer. Sites count by their newest scan.
WITH
    {{sites}},
    {{nights}},
    missing AS (
        SELECT run_id, state
        FROM runs FINAL
        WHERE against = ''
          AND ({portfolio:String} = '' OR portfolio = {portfolio:String})
          AND ifNull(night, toDate(started_at, 'UTC')) >= {since:Date}
          AND ifNull(night, toDate(started_at, 'UTC')) <= {until:Date}
          AND ({run:String} = '' OR run_id = {run:String})
          AND (empty({regions:Array(String)}) OR has({regions:Array(String)}, region))
          AND run_id NOT IN (SELECT run_id FROM rolled)
    )
SELECT
    count() AS sites,
    countIf(state = 'seen') AS seen,
    countIf(state = 'blocked') AS blocked,
    countIf(state = 'failed') AS failed,
    countIf(state = 'refused') AS refused,
    countIf(state = 'absent') AS absent,
    countIf(looked) AS looked,
    countIf(typed) AS typed,
    countIf(reject_watched > 0) AS reject_watched,
    countIf(gpc_watched > 0) AS gpc_watched,
    uniqExact(run_id) AS runs,
    assumeNotNull((SELECT if(count() = 0, '', toString(min(night))) FROM nights)) AS first_night,
    assumeNotNull((SELECT if(count() = 0, '', toString(max(night))) FROM nights)) AS last_night,
    assumeNotNull((SELECT uniqExact(night) FROM nights)) AS nights,
    assumeNotNull((SELECT count() FROM nights)) AS site_nights,
    assumeNotNull((SELECT countIf(looked) FROM nights)) AS site_nights_looked,
    (SELECT arraySort(groupArrayIf(run_id, state = 'complete')) FROM missing) AS not_rolled_up,
    (SELECT arraySort(groupArrayIf(run_id, state IN ('running', 'paused'))) FROM missing) AS going
FROM sites
