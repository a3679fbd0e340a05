-- Whose account a vendor works for, and where: the same account on several sites ties them together.
WITH seen AS (SELECT visit_id, recording FROM visits FINAL WHERE run_id = {run:String} AND class = 'seen')
SELECT
    vendor,
    min(vendor_name) AS vendor_name,
    account,
    arraySort(groupUniqArray(site)) AS sites,
    -- www.a.test is a.test.
    arraySort(groupUniqArray(domainWithoutWWW(page))) AS hosts,
    uniqExact(page) AS pages
FROM findings FINAL
ARRAY JOIN accounts AS account
WHERE run_id = {run:String} AND (visit_id, recording) IN (SELECT visit_id, recording FROM seen)
GROUP BY vendor, account
ORDER BY length(sites) DESC, length(hosts) DESC, vendor, account
