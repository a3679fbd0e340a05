-- The newest scan of each site in each night and region in scope. Silence counts only where `whole` says so: every visit
-- that was planned saw its page, and all of it.
nights AS (
    SELECT *, {{segment}} AS segment, looked AND seen = planned AND partial = 0 AS whole
    FROM counted_sites
    WHERE {{scope}}
      AND (site, region, night, run_id) IN (
          SELECT site, region, night, max(run_id)
          FROM counted_sites
          WHERE {{scope}}
          GROUP BY site, region, night
      )
      AND {{chosen}}
)
