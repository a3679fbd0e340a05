-- Every column, with what it says of itself. A view that shows rows of a table, and one that writes them, has the columns of
-- that table and no words of its own.
WITH map(
    'counted_sites', 'site_nights',
    'counted_vendors', 'vendor_sites',
    'site_nights_rolled', 'site_nights',
    'vendor_sites_rolled', 'vendor_sites'
) AS bases
SELECT
    one.table AS table,
    one.name AS name,
    replaceRegexpAll(one.type, '\\s+', ' ') AS type,
    if(one.comment = '', base.comment, one.comment) AS comment,
    one.compression_codec AS codec
FROM system.columns AS one
LEFT JOIN (SELECT table, name, comment FROM system.columns WHERE database = currentDatabase()) AS base
    ON base.table = bases[one.table] AND base.name = one.name
WHERE one.database = currentDatabase() AND NOT startsWith(one.table, '.inner') AND NOT endsWith(one.table, '_local')
ORDER BY one.table, one.position
