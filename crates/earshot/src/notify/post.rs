//! Posting JSON, and what the answer means.

use std::time::Duration;

use reqwest::{
    Client, Response, StatusCode,
    header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER, USER_AGENT},
    redirect::Policy,
};
use url::Url;

use super::{Again, NotTaken, PATIENCE};
use earshot_report::plain;

use crate::{config::is_loopback, explain::explain};

/// Characters of an answer that are repeated.
const ANSWER_SHOWN: usize = 200;
/// Bytes of an answer that are read: more is nobody's acknowledgement.
const ANSWER_READ: usize = 4096;

/// Posts `body`; gives back what the other side said, if it took it.
pub(super) async fn json(url: &Url, headers: HeaderMap, body: String) -> Result<String, NotTaken> {
    let client = client(url).map_err(|error| NotTaken::later(said(error)))?;
    let request = client
        .post(url.clone())
        .header(CONTENT_TYPE, "application/json")
        .header(USER_AGENT, concat!("earshot/", env!("CARGO_PKG_VERSION")))
        .headers(headers)
        .body(body);
    let answer = request.send().await.map_err(|error| NotTaken::later(said(error)))?;
    let (status, wait) = (answer.status(), retry_after(&answer));
    let text = format!("{status} {}", beginning(answer).await).trim_end().to_owned();
    match status {
        status if status.is_success() => Ok(text),
        // The receiver says that it wants no more of this.
        StatusCode::GONE => Err(NotTaken::never(text)),
        _ => Err(NotTaken { reason: text, again: Again::After(wait) }),
    }
}

/// What was said in this address's name is said by nobody else: no redirects.
fn client(url: &Url) -> reqwest::Result<Client> {
    let builder = Client::builder().timeout(PATIENCE).redirect(Policy::none());
    // No proxy of this machine's is asked for this machine.
    if is_loopback(url) { builder.no_proxy().build() } else { builder.build() }
}

/// Why nothing was answered, without the address: it may be a secret.
fn said(error: reqwest::Error) -> String {
    explain(&anyhow::Error::new(error.without_url()))
}

fn retry_after(answer: &Response) -> Option<Duration> {
    let seconds = answer.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

async fn beginning(mut answer: Response) -> String {
    let mut bytes = Vec::new();
    while bytes.len() < ANSWER_READ {
        match answer.chunk().await {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) | Err(_) => break,
        }
    }
    plain(&String::from_utf8_lossy(&bytes)).chars().take(ANSWER_SHOWN).collect()
}
