-- Vendors that were met that night before any choice, by their sites: id, and what people read.
SELECT vendor, any(vendor_name) AS vendor_name
FROM counted_vendors
WHERE portfolio = replaceAll(${portfolio:singlequote}, '(none)', '')
  AND region = replaceAll(${region:singlequote}, '(usual)', '')
  AND kind = 'scan'
  AND night = toDateOrZero(${night:singlequote})
  AND pages_before > 0
GROUP BY vendor
ORDER BY uniqExact(site) DESC, vendor
LIMIT 2000
