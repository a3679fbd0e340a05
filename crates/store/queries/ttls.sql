-- When the rows of each table leave by themselves; empty for never.
SELECT name AS table, splitByString(' SETTINGS ', splitByString(' TTL ', engine_full)[2])[1] AS ttl
FROM system.tables
WHERE database = currentDatabase() AND NOT is_temporary
