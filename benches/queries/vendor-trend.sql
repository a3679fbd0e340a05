-- One vendor, night by night.
SELECT night, uniqExact(site) AS sites, quantile(0.5)(first_contact_ms) AS first_contact
FROM counted_vendors
WHERE vendor = 'google-analytics' AND pages_before > 0
GROUP BY night
ORDER BY night
