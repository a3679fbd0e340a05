-- What could not be looked at on the visits of that night.
SELECT toString(kind) AS gap, uniqExact(page) AS pages, count() AS gaps
FROM gaps FINAL
WHERE run_id IN (
      SELECT run_id
      FROM rolled
      WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
        AND region = replaceAll(${region:singlequote}, '(usual)', '')
        AND kind = 'scan'
        AND night = toDateOrZero(${night:singlequote})
  )
  AND site = ${site:singlequote}
  AND (visit_id, recording) IN (
      SELECT visit_id, recording
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
  )
GROUP BY gap
ORDER BY gaps DESC, gap
