-- Every table and view of this database, with what it says of itself. Views name no engine of their own: View or
-- MaterializedView. What the tables of a cluster are made of is no matter of their readers.
SELECT
    name AS table,
    engine,
    comment,
    partition_key,
    sorting_key,
    -- The engine's settings follow the TTL, or nothing does.
    splitByString(' SETTINGS ', splitByString(' TTL ', engine_full)[2])[1] AS ttl
FROM system.tables
WHERE database = currentDatabase() AND NOT is_temporary AND NOT startsWith(name, '.inner') AND NOT endsWith(name, '_local')
ORDER BY name
