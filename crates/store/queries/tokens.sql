-- Every token that was ever made, newest first.
SELECT
    tokens.hash AS hash, name, scope,
    toUnixTimestamp64Milli(created_at) AS created_at,
    toUnixTimestamp64Milli(expires_at) AS expires_at,
    revoked,
    if(uses.used_at = 0, NULL, uses.used_at) AS used_at
FROM (SELECT * FROM tokens FINAL) AS tokens
LEFT JOIN (SELECT hash, toUnixTimestamp64Milli(max(used_at)) AS used_at FROM token_uses GROUP BY hash) AS uses
    ON uses.hash = tokens.hash
ORDER BY tokens.created_at DESC, name
