-- What the visits of a site asked for and sent over sockets, into which fields was typed, and which hosts are other names.
WITH failed AS
(
    -- As in `missing` of `detect::verdict::sighting`: what the page's own policy blocks is no failure.
    SELECT visit_id, recording, assumeNotNull(request) AS seq
    FROM events FINAL
    WHERE run_id = {run:String}
      AND site = {site:String}
      AND (
          fact = 'response' AND (status >= 500 OR status IN (403, 408, 425, 429))
          OR fact = 'failed' AND position(error, 'ERR_BLOCKED_BY_') = 0
      )
)
SELECT
    visit_id,
    fact,
    url,
    host,
    third_party,
    vendor,
    fact = 'socket_frame' OR body_bytes > 0 AS has_body,
    on_leave OR transport = 'beacon' AS is_last_word,
    fact = 'request' AND transport IN ('script', 'document') AND (visit_id, recording, seq) IN (SELECT * FROM failed) AS is_missing,
    phase,
    target,
    chain
FROM events FINAL
WHERE run_id = {run:String}
  AND site = {site:String}
  AND (fact IN ('request', 'entry', 'alias') OR (fact = 'socket_frame' AND direction = 'sent'))
  AND (visit_id, recording) IN (SELECT visit_id, recording FROM visits FINAL WHERE run_id = {run:String} AND site = {site:String})
ORDER BY visit_id, seq
