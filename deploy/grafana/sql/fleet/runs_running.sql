-- Runs that go on now, whatever the time range is.
SELECT count() AS runs
FROM runs FINAL
WHERE runs.state = 'running'
