-- One site, night by night, with its vendors.
WITH (SELECT any(site) FROM counted_sites WHERE state = 'seen') AS the_site
SELECT night, groupArray((vendor, pages_before, grade, gating))
FROM counted_vendors
WHERE site = the_site
GROUP BY night
ORDER BY night
