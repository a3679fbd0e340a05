-- Tokens of the web role's API. What a token is stands nowhere, only its hash.

CREATE TABLE IF NOT EXISTS tokens
(
    hash       String COMMENT 'SHA-256 (hex) of the token',
    name       String COMMENT 'What people call it',
    scope      LowCardinality(String) COMMENT 'read, or write, which is reading too',
    created_at DateTime64(3, 'UTC') COMMENT 'When it was made',
    expires_at Nullable(DateTime64(3, 'UTC')) COMMENT 'From when on it counts no more; NULL for never',
    revoked    UInt8 COMMENT '1 if it was withdrawn: whatever is written later, it stays so'
)
ENGINE = ReplacingMergeTree(revoked)
ORDER BY hash
COMMENT 'Who may use the API';

-- By itself, so that noting a use can never bring a revoked token back.
CREATE TABLE IF NOT EXISTS token_uses
(
    hash    String COMMENT 'SHA-256 (hex) of the token',
    used_at DateTime64(3, 'UTC') COMMENT 'When it was used; noted once in a minute at most'
)
ENGINE = ReplacingMergeTree(used_at)
ORDER BY hash
COMMENT 'When each token was used last';
