//! Who may do what.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, header, request::Parts},
};
use jiff::Timestamp;

use crate::{Scope, Token, problem::Problem, server::Shared};

/// Whoever may look.
pub(crate) struct Reader;

/// Whoever may change something; the name of the token.
pub(crate) struct Writer(pub String);

/// When each token was noted as used, by its hash: once in a minute is enough.
#[derive(Default)]
pub(crate) struct Uses(Mutex<HashMap<String, Instant>>);

/// How often the use of one token is noted.
const NOTED_EVERY: Duration = Duration::from_secs(60);
/// Names of this machine: the only ones under which it is read without a token. A page of the web whose name leads here
/// (DNS rebinding) sends its own.
const OURS: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

impl FromRequestParts<Shared> for Reader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Shared) -> Result<Self, Problem> {
        if web.read_token || parts.headers.contains_key(header::AUTHORIZATION) {
            return allowed(parts, web, Scope::Read).await.map(|_| Self);
        }
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let name = host.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')).map_or(host, |(name, _)| name);
        if OURS.contains(&name.to_ascii_lowercase().as_str()) {
            return Ok(Self);
        }
        let detail = "without a token this is answered under localhost, 127.0.0.1 and [::1] only";
        Err(Problem::new(StatusCode::MISDIRECTED_REQUEST, detail))
    }
}

impl FromRequestParts<Shared> for Writer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Shared) -> Result<Self, Problem> {
        allowed(parts, web, Scope::Write).await.map(Self)
    }
}

/// The name of the token that the request carries, if it is good for that.
async fn allowed(parts: &Parts, web: &Shared, wanted: Scope) -> Result<String, Problem> {
    let refused = |detail: &str| Problem::new(StatusCode::UNAUTHORIZED, detail);
    let given = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some(given) = given else {
        return Err(refused("send a token: Authorization: Bearer earshot_…; `earshot token create` makes one"));
    };
    // What it was is not said: unknown, expired and revoked look the same.
    let unknown = || refused("this token counts no more, or never did");
    let bearer = given.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let token = bearer.and_then(|(_, token)| Token::parse(token.trim())).ok_or_else(unknown)?;
    let records = web.store.tokens().await.map_err(|error| Problem::unavailable("the store", &error))?;
    let record = token.find(&records, Timestamp::now()).ok_or_else(unknown)?;
    if Scope::of(&record).is_none_or(|scope| scope < wanted) {
        let detail = format!("token '{}' may read only: this needs one with the scope write", record.name);
        return Err(Problem::new(StatusCode::FORBIDDEN, detail));
    }
    web.uses.note(web, &record.hash).await;
    Ok(record.name)
}

impl Uses {
    async fn note(&self, web: &Shared, hash: &str) {
        let due = {
            let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let due = noted.get(hash).is_none_or(|when| when.elapsed() >= NOTED_EVERY);
            if due {
                noted.insert(hash.to_owned(), Instant::now());
            }
            due
        };
        if due && let Err(error) = web.store.note_token_use(hash, Timestamp::now()).await {
            tracing::warn!(%error, "web: that a token was used is not noted");
        }
    }
}
