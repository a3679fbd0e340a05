-- The runs that an export is of: complete ones whose roll-up counts. Runs that visit pages of another once more are left out,
-- unless one is asked for by its id.
WITH chosen AS (
    SELECT run_id
    FROM rolled
    WHERE (run_id = {run:String} OR {run:String} = '' AND kind = 'scan')
      AND ({portfolio:String} = '' OR portfolio = {portfolio:String})
      AND night BETWEEN {since:Date} AND {until:Date}
)
