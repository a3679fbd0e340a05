-- The newest scan of each site in scope.
sites AS (
    SELECT *, {{segment}} AS segment
    FROM counted_sites
    WHERE {{scope}}
      AND (site, run_id) IN (
          SELECT site, max(run_id)
          FROM counted_sites
          WHERE {{scope}}
          GROUP BY site
      )
      AND {{chosen}}
)
