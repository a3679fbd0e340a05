//! Who may do what.
//!
//! A program sends its token in `Authorization`. A person gives it once at `/login`; from then on their browser sends it in a
//! cookie, which no script reads and no other site makes it send. What comes with a cookie, or from a browser without any, may
//! change something only if a page of ours sent it.

mod cookie;
mod limit;
mod origin;
mod peer;

use std::{
    collections::HashMap,
    net::IpAddr,
    num::NonZeroU32,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use jiff::Timestamp;

use crate::{Scope, Token, problem::Problem, server::Shared};

pub(crate) use cookie::{dropped, given as given_by_cookie, kept};
pub(crate) use limit::Limit;
pub(crate) use origin::from_our_page;
pub(crate) use peer::{Peer, client, who};

/// Who may do what, and how often.
#[derive(Clone, Debug)]
pub struct Access {
    /// Whether reading needs a token too.
    pub read_token: bool,
    /// Names under which it is read without one, besides those of this machine; lower case, without a port.
    pub hosts: Vec<String>,
    /// Scans by whoever comes; `None`: nobody scans without a token.
    pub anonymous: Option<Anonymous>,
    /// Whether browsers reach it by https.
    pub https: bool,
    /// Whether a reverse proxy of ours says where requests come from.
    pub behind_proxy: bool,
    /// Requests from one address in a second; `None`: as many as come.
    pub requests_per_second: Option<NonZeroU32>,
    /// Bytes of a list that is uploaded at most.
    pub max_upload: u64,
    /// How many may watch runs at once, all runs together.
    pub watchers: u16,
}

impl Access {
    /// More may never watch: each holds one connection of those that there are (`server.rs`), of which those who read need some.
    pub const MOST_WATCHERS: u16 = 200;
}

/// How much is scanned without a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anonymous {
    /// Scans and verifies from one address in an hour.
    pub per_hour: NonZeroU32,
    /// While so many runs that people wait for are open, nobody without a token starts another.
    pub open: u64,
}

/// Whoever may look.
pub(crate) struct Reader;

/// Whoever may change something; the name of the token.
pub(crate) struct Writer(pub String);

/// Whoever may have a page looked at.
#[derive(Clone, Debug)]
pub(crate) enum Starter {
    /// With a token that is good for changing, of this name: whatever they like.
    Token(String),
    /// Without: one page of one site at a time. Where they come from.
    Anybody(IpAddr),
}

/// What whoever looks may do besides.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rights {
    /// The name of their token, if they have one.
    pub token: Option<String>,
    /// Whether they may change things.
    pub write: bool,
    /// Whether they may have a page looked at.
    pub scan: bool,
}

/// A token that counts, as it came.
struct Held {
    name: String,
    scope: Option<Scope>,
    in_cookie: bool,
}

/// When each token was noted as used, by its hash: once in a minute is enough.
#[derive(Default)]
pub(crate) struct Uses(Mutex<HashMap<String, Instant>>);

/// How often the use of one token is noted.
const NOTED_EVERY: Duration = Duration::from_secs(60);
/// Scans that one address may start at once, before it has to wait for the hour to pass.
const AT_ONCE: u32 = 10;
/// After which time a person whom the queue sends away may try again: a page takes about as long.
const QUEUE_PAUSE: Duration = Duration::from_secs(30);

impl Anonymous {
    /// How often one address may start something.
    pub(crate) fn limit(&self) -> Limit {
        Limit::new(
            governor::Quota::per_hour(self.per_hour)
                .allow_burst(self.per_hour.min(const { NonZeroU32::new(AT_ONCE).unwrap() })),
        )
    }
}

impl FromRequestParts<Shared> for Reader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Shared) -> Result<Self, Problem> {
        Rights::from_request_parts(parts, web).await.map(|_| Self)
    }
}

impl FromRequestParts<Shared> for Rights {
    type Rejection = Problem;

    /// Of whoever may look.
    async fn from_request_parts(parts: &mut Parts, web: &Shared) -> Result<Self, Problem> {
        let Some(held) = held(&parts.headers, web).await? else {
            return match web.access.read_token {
                true => Err(no_token()),
                false if origin::is_ours(&parts.headers, &web.access.hosts) => Ok(Self::of(None, web)),
                false => Err(elsewhere()),
            };
        };
        Ok(Self::of(Some(held), web))
    }
}

impl FromRequestParts<Shared> for Writer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Shared) -> Result<Self, Problem> {
        let held = held(&parts.headers, web).await?.ok_or_else(no_token)?;
        if held.in_cookie && !from_our_page(&parts.headers) {
            return Err(foreign());
        }
        match held.may_write() {
            true => Ok(Self(held.name)),
            false => Err(Problem::new(
                StatusCode::FORBIDDEN,
                format!("token '{}' may read only: this needs one with the scope write", held.name),
            )),
        }
    }
}

impl FromRequestParts<Shared> for Starter {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Shared) -> Result<Self, Problem> {
        let held = held(&parts.headers, web).await?;
        // Without a token everything here is as public as with one that may only read.
        if web.access.anonymous.is_none() || held.as_ref().is_some_and(|held| held.may_write() || !held.in_cookie) {
            return Writer::from_request_parts(parts, web).await.map(|Writer(name)| Self::Token(name));
        }
        if !origin::is_ours(&parts.headers, &web.access.hosts) {
            return Err(elsewhere());
        }
        if origin::is_browser(&parts.headers) && !from_our_page(&parts.headers) {
            return Err(foreign());
        }
        Ok(Self::Anybody(client(parts, web.access.behind_proxy)))
    }
}

impl Starter {
    /// Who it is, for the log.
    pub fn name(&self) -> &str {
        match self {
            Self::Token(name) => name,
            Self::Anybody(_) => "(none)",
        }
    }

    /// Whether one more may be started; it counts as started then.
    ///
    /// # Errors
    /// 429, with the time after which to try again.
    pub async fn admit(&self, web: &Shared) -> Result<(), Problem> {
        let (Self::Anybody(address), Some(anonymous)) = (self, web.access.anonymous) else { return Ok(()) };
        let open = web.store.waited_for(None).await.map_err(|error| Problem::unavailable("the store", &error))?;
        if open >= anonymous.open {
            let detail = format!("{open} scans are being waited for already; try again later, or send a token");
            return Err(Problem::too_many(detail, QUEUE_PAUSE));
        }
        web.starts.take(*address).map_err(|wait| {
            let detail = format!(
                "{} scans in an hour are free from one address; try again later, or send a token",
                anonymous.per_hour
            );
            Problem::too_many(detail, wait)
        })
    }
}

impl Rights {
    fn of(held: Option<Held>, web: &Shared) -> Self {
        let write = held.as_ref().is_some_and(Held::may_write);
        Self { token: held.map(|held| held.name), write, scan: write || web.access.anonymous.is_some() }
    }
}

impl Held {
    fn may_write(&self) -> bool {
        self.scope.is_some_and(|scope| scope >= Scope::Write)
    }
}

/// The token that comes along, if it counts. One in `Authorization` that does not is an error; a cookie goes stale, and is then
/// as none.
async fn held(headers: &HeaderMap, web: &Shared) -> Result<Option<Held>, Problem> {
    let Some(given) = headers.get(header::AUTHORIZATION) else {
        let Some(token) = given_by_cookie(headers, web.access.https) else { return Ok(None) };
        return check(&token, web).await.map(|found| found.map(|(name, scope)| Held { name, scope, in_cookie: true }));
    };
    let bearer = given.to_str().ok().and_then(|given| given.split_once(' '));
    let bearer = bearer.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let token = bearer.and_then(|(_, token)| Token::parse(token.trim())).ok_or_else(unknown)?;
    let (name, scope) = check(&token, web).await?.ok_or_else(unknown)?;
    Ok(Some(Held { name, scope, in_cookie: false }))
}

/// Name and scope of a token that counts; that it was used is noted.
///
/// # Errors
/// 503 if the store does not answer.
pub(crate) async fn check(token: &Token, web: &Shared) -> Result<Option<(String, Option<Scope>)>, Problem> {
    let records = web.store.tokens().await.map_err(|error| Problem::unavailable("the store", &error))?;
    let Some(record) = token.find(&records, Timestamp::now()) else { return Ok(None) };
    web.uses.note(web, &record.hash).await;
    Ok(Some((record.name.clone(), Scope::of(&record))))
}

fn refused(detail: &str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, detail)
}

fn no_token() -> Problem {
    refused("send a token: Authorization: Bearer earshot_…; `earshot token create` makes one")
}

/// What it was is not said: unknown, expired and revoked look the same.
pub(crate) fn unknown() -> Problem {
    refused("this token counts no more, or never did")
}

fn elsewhere() -> Problem {
    let detail = "without a token this is answered under localhost, 127.0.0.1, [::1] and the names in web.hosts only";
    Problem::new(StatusCode::MISDIRECTED_REQUEST, detail)
}

pub(crate) fn foreign() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "this was sent by a page of another site, and nothing was done")
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
