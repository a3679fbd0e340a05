//! Tokens, as they are kept.

use earshot_store::TokenRecord;
use jiff::Timestamp;

use crate::Fixture;

#[tokio::test]
async fn a_revoked_token_stays_so_whatever_is_written_later() {
    let it = Fixture::new().await;
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let (made, used) = (at("2026-01-01T00:00:00Z"), at("2026-01-02T00:00:00.5Z"));
    let token = TokenRecord {
        hash: "ab".repeat(32),
        name: "ci".to_owned(),
        scope: "write".to_owned(),
        created_at: made,
        expires_at: Some(at("2026-04-01T00:00:00Z")),
        revoked: false,
        used_at: None,
    };
    let other = TokenRecord { hash: "cd".repeat(32), name: "grafana".into(), expires_at: None, ..token.clone() };
    for token in [&token, &other] {
        it.store.put_token(token).await.unwrap();
    }
    assert_eq!(it.store.tokens().await.unwrap(), [token.clone(), other.clone()]);
    let revoked = TokenRecord { revoked: true, ..token.clone() };
    it.store.put_token(&revoked).await.unwrap();
    it.store.put_token(&token).await.unwrap();
    it.store.note_token_use(&token.hash, used).await.unwrap();
    it.store.note_token_use(&token.hash, made).await.unwrap();
    assert_eq!(it.store.tokens().await.unwrap(), [TokenRecord { used_at: Some(used), ..revoked }, other]);

    it.engine.stop().await;
}
