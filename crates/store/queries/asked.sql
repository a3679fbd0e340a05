-- What the visits of a site asked for and sent over sockets, into which fields was typed, and which hosts are other names.
SELECT
    visit_id,
    fact,
    url,
    host,
    third_party,
    vendor,
    fact = 'socket_frame' OR body_bytes > 0 AS has_body,
    on_leave OR transport = 'beacon' AS is_last_word,
    phase,
    target,
    chain
FROM events FINAL
WHERE run_id = {run:String}
  AND site = {site:String}
  AND (fact IN ('request', 'entry', 'alias') OR (fact = 'socket_frame' AND direction = 'sent'))
  AND (visit_id, recording) IN (SELECT visit_id, recording FROM visits FINAL WHERE run_id = {run:String} AND site = {site:String})
ORDER BY visit_id, seq
