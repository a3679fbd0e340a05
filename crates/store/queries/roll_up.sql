-- Asks for one slice of the sites of a run to be rolled up: the materialised views of rollups do it.
INSERT INTO rollups (run_id, rollup, slice, slices, night, portfolio, region, kind, label)
SELECT
    run_id,
    {rollup:UUID},
    {slice:UInt16},
    {slices:UInt16},
    ifNull(night, toDate(started_at, 'UTC')),
    portfolio,
    region,
    if(against = '', 'scan', 'verify'),
    label
FROM runs FINAL
WHERE run_id = {run:String}
