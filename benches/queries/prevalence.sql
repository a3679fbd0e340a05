-- On how many sites each tracker fires before any choice, on the last night.
WITH (SELECT max(night) FROM counted_sites) AS last
SELECT vendor, any(vendor_name), any(category), uniqExact(site) AS sites, (SELECT uniqExactIf(site, looked) FROM counted_sites WHERE night = last) AS looked
FROM counted_vendors
WHERE night = last AND pages_before > 0 AND exposure IN ('tracker', 'content')
GROUP BY vendor
ORDER BY sites DESC
LIMIT 100
