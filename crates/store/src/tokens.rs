//! Tokens of the web role's API, as they are kept: by their hash.

use clickhouse::Row;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Rows, Store, StoreError, named};

/// A token, as far as anybody but its holder knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRecord {
    /// SHA-256 of the token, in hex.
    pub hash: String,
    /// What people call it.
    pub name: String,
    /// What it is good for: `read`, or `write`, which is reading too.
    pub scope: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it counts no more, if ever.
    pub expires_at: Option<Timestamp>,
    /// Whether it was withdrawn.
    pub revoked: bool,
    /// When it was used last, to a minute, if ever.
    pub used_at: Option<Timestamp>,
}

#[derive(Row, Deserialize)]
struct TokenRow {
    hash: String,
    name: String,
    scope: String,
    created_at: i64,
    expires_at: Option<i64>,
    revoked: u8,
    used_at: Option<i64>,
}

#[derive(Row, Serialize, Deserialize)]
struct NewToken {
    hash: String,
    name: String,
    scope: String,
    created_at: i64,
    expires_at: Option<i64>,
    revoked: u8,
}

#[derive(Row, Serialize, Deserialize)]
struct Use {
    hash: String,
    used_at: i64,
}

impl Store {
    /// Every token that was ever made, newest first.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`], as for all that follow; [`StoreError::Row`] for a row that is no token.
    pub async fn tokens(&self) -> Result<Vec<TokenRecord>, StoreError> {
        let rows: Rows<TokenRow> = self.rows("query tokens", self.client().query(named::TOKENS))?;
        rows.all().await?.into_iter().map(TokenRecord::try_from).collect()
    }

    /// Writes a token, or that it is revoked. What is revoked stays so.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn put_token(&self, token: &TokenRecord) -> Result<(), StoreError> {
        let row = NewToken {
            hash: token.hash.clone(),
            name: token.name.clone(),
            scope: token.scope.clone(),
            created_at: token.created_at.as_millisecond(),
            expires_at: token.expires_at.map(Timestamp::as_millisecond),
            revoked: token.revoked.into(),
        };
        self.insert("tokens", "insert into tokens", vec![row]).await
    }

    /// Notes that the token with this hash was used.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn note_token_use(&self, hash: &str, when: Timestamp) -> Result<(), StoreError> {
        let row = Use { hash: hash.to_owned(), used_at: when.as_millisecond() };
        self.insert("token_uses", "insert into token_uses", vec![row]).await
    }
}

impl TryFrom<TokenRow> for TokenRecord {
    type Error = StoreError;

    fn try_from(row: TokenRow) -> Result<Self, StoreError> {
        let moment = |ms| Timestamp::from_millisecond(ms).map_err(StoreError::row("tokens"));
        Ok(Self {
            hash: row.hash,
            name: row.name,
            scope: row.scope,
            created_at: moment(row.created_at)?,
            expires_at: row.expires_at.map(moment).transpose()?,
            revoked: row.revoked != 0,
            used_at: row.used_at.map(moment).transpose()?,
        })
    }
}
