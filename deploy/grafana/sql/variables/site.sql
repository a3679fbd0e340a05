-- Sites of that night, those with most trackers first. Any other can be typed in.
SELECT site
FROM counted_sites
WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
  AND region = replaceAll(${region:singlequote}, '(usual)', '')
  AND kind = 'scan'
  AND night = toDateOrZero(${night:singlequote})
GROUP BY site
ORDER BY max(trackers) DESC, site
LIMIT 2000
