-- What the pages of a site leave in cookies and storage: each name once, with whose it is. Cookies that the browser has refused are
-- not among them; names that differ by visit fill the list at most.
SELECT
    if(fact = 'cookie', 'cookie', toString(area)) AS area,
    name,
    host,
    toString(vendor) AS vendor,
    max(party = 'third') AS third_party,
    uniqExact(page) AS pages,
    min(at_ms) AS first_ms,
    max(lifetime_s) AS lifetime_s,
    max(http_only) AS http_only,
    arraySort(groupUniqArray(toString(phase))) AS phases
FROM events FINAL
WHERE run_id = {run:String}
  AND site = {site:String}
  AND fact IN ('cookie', 'storage')
  AND error = ''
  AND (visit_id, recording) IN (SELECT visit_id, recording FROM visits FINAL WHERE run_id = {run:String} AND site = {site:String})
GROUP BY area, name, host, vendor
ORDER BY vendor = '', vendor, area, name, host
LIMIT 1000
