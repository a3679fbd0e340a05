-- Deletes what earlier imports have left, and imports that broke off: `abandoned` is the first ULID that may be under way.
DELETE FROM portfolios
WHERE portfolio = {portfolio:String}
  AND batch NOT IN (SELECT argMax(batch, imported_at) FROM portfolio_imports WHERE portfolio = {portfolio:String})
  AND (
      batch < {abandoned:String}
      OR batch IN (SELECT batch FROM portfolio_imports WHERE portfolio = {portfolio:String})
  )
