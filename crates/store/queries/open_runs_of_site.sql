-- Runs that go on or are held back and have a page of the site among their targets.
SELECT run_id
FROM runs FINAL
WHERE state IN ('running', 'paused')
  AND run_id IN (
      SELECT run_id
      FROM targets
      WHERE domain(start) = {site:String} OR endsWith(domain(start), concat('.', {site:String}))
  )
ORDER BY run_id
