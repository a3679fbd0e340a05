-- Visits of some sites of a run, with what they could not look at, and whether something was typed.
WITH
    missed AS (
        SELECT visit_id, recording, groupUniqArray(kind) AS kinds
        FROM gaps FINAL
        WHERE run_id = {run:String} AND site BETWEEN {first:String} AND {last:String}
        GROUP BY visit_id, recording
    ),
    entries AS (
        SELECT visit_id, recording
        FROM events FINAL
        WHERE run_id = {run:String} AND site BETWEEN {first:String} AND {last:String} AND fact = 'entry' AND count > 0
        GROUP BY visit_id, recording
    )
SELECT
    visits.site AS site,
    visits.page AS page,
    visits.visit_id AS visit_id,
    visits.profile AS profile,
    visits.class AS class,
    visits.outcome AS outcome,
    visits.ruleset AS ruleset,
    arraySort(missed.kinds) AS gaps,
    (visits.visit_id, visits.recording) IN (SELECT visit_id, recording FROM entries) AS typed
FROM (
    SELECT * FROM visits FINAL WHERE run_id = {run:String} AND site BETWEEN {first:String} AND {last:String}
) AS visits
LEFT JOIN missed ON missed.visit_id = visits.visit_id AND missed.recording = visits.recording
ORDER BY site, page, profile, visits.repetition
