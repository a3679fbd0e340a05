-- What each portfolio is now, by name; removed ones are left out.
SELECT ?fields
FROM portfolio_imports FINAL
WHERE (portfolio, imported_at) IN (SELECT portfolio, max(imported_at) FROM portfolio_imports GROUP BY portfolio)
  AND mode != 'remove'
ORDER BY portfolio
