-- The visits of that night, as they were recorded.
SELECT
    page,
    toString(page_kind) AS page_kind,
    toString(profile) AS profile,
    toString(class) AS state,
    toString(outcome) AS outcome,
    visits.trackers AS trackers,
    visits.gaps AS gaps,
    took_ms,
    toString(visit_id) AS visit
FROM visits FINAL
WHERE run_id IN (
      SELECT run_id
      FROM rolled
      WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
        AND region = replaceAll(${region:singlequote}, '(usual)', '')
        AND kind = 'scan'
        AND night = toDateOrZero(${night:singlequote})
  )
  AND site = ${site:singlequote}
ORDER BY page, profile, repetition
LIMIT 500
