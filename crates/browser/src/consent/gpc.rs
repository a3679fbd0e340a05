//! Global Privacy Control: the browser says all the time that its user opts out of sale and sharing
//! (<https://www.w3.org/TR/gpc/>), and a site may say how it takes that.
//!
//! Chromium does it itself, but only for a whole process. `Sec-GPC: 1` is then on every request of pages, frames, workers and
//! beacons, and `navigator.globalPrivacyControl` is true in all of them. It is on no handshake of a WebSocket (measured with
//! Chromium 156), as in any browser of that kind.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_STANDARD};
use chromiumoxide::cdp::{
    browser_protocol::{
        io::{CloseParams, ReadParams},
        network::{LoadNetworkResourceOptions, LoadNetworkResourcePageResult, LoadNetworkResourceParams},
        page::FrameId,
    },
    js_protocol::runtime::EvaluateParams,
};
use earshot_model::{Consent, ConsentStep, GapKind, PageTask, Profile, Witness};
use serde_json::Value;
use tokio::time::timeout;
use url::Url;

use crate::{
    BrowserConfig, BrowserError, bounds,
    context::Page,
    pump::Notes,
    session::{CallError, Session},
    steps::absent,
};

/// Chromium's switch for it.
const SWITCH: &str = "--enable-features=GlobalPrivacyControlForce";

/// Where sites say how they take it (§ 4 of the specification).
const WELL_KNOWN: &str = "/.well-known/gpc.json";

/// What the browser says of its user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    /// Nothing.
    None,
    /// That they opt out.
    OptOut,
}

impl Signal {
    /// The switch that Chromium needs for it.
    pub(crate) fn switch(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::OptOut => Some(SWITCH),
        }
    }
}

/// Makes sure that the browser gives the signal if the profile wants that.
///
/// # Errors
/// If it does not: Chromium is too old, or too new.
pub(crate) async fn ensure(task: &PageTask, page: &Page, config: &BrowserConfig) -> Result<(), BrowserError> {
    if task.profile != Profile::Gpc {
        return Ok(());
    }
    let asked = EvaluateParams::new("navigator.globalPrivacyControl");
    let said = page.session.call(asked, bounds::CALL).await?.result.value;
    if said == Some(Value::Bool(true)) {
        return Ok(());
    }
    let detail = format!("a visit that opts out needs its switch {SWITCH}, which does nothing here");
    Err(BrowserError::NotChromium { executable: config.executable.clone(), detail })
}

/// Writes down that the signal was given, and what the site says of it, if the profile gives it.
pub(crate) async fn note(task: &PageTask, page: &Page, notes: &Notes, limit: Duration) -> Result<(), CallError> {
    if task.profile != Profile::Gpc {
        return Ok(());
    }
    let address = notes.recorder().document().url.clone();
    signal(notes, Witness::Browser, &address, (0.0, "gpc", "1".to_owned()));
    let Some(place) = well_known(&address) else { return Ok(()) };
    let at_ms = notes.recorder().our_ms(tokio::time::Instant::now());
    let policy = match timeout(limit, policy(page, place, limit)).await {
        Ok(policy) => policy?,
        Err(_) => None,
    };
    match policy {
        Some(policy) => signal(notes, Witness::Inventory, &address, (at_ms, "gpc.json", policy)),
        None => notes.recorder().gap(GapKind::SignalUnread, "gpc.json: the site gave no answer"),
    }
    Ok(())
}

fn signal(notes: &Notes, witness: Witness, address: &str, (at_ms, source, value): (f64, &str, String)) {
    let value = bounds::cut(&value, Consent::LONGEST).to_owned();
    let signal = Consent { step: ConsentStep::Signal, source: source.to_owned(), value, buttons: Vec::new() };
    notes.recorder().stepped(witness, address, at_ms, signal);
}

fn well_known(address: &str) -> Option<String> {
    let url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    url.join(WELL_KNOWN).ok().map(String::from)
}

/// What stands there: JSON, or nothing if there is none. `None` if the site did not answer, or with an error of its own.
/// The browser asks as the page would, without cookies; the page does not learn of it.
async fn policy(page: &Page, url: String, limit: Duration) -> Result<Option<String>, CallError> {
    let load = LoadNetworkResourceParams {
        frame_id: Some(FrameId::new(page.target.as_ref())),
        ..LoadNetworkResourceParams::new(url, LoadNetworkResourceOptions::new(true, false))
    };
    let Some(answer) = absent(page.session.call(load, limit).await)? else { return Ok(None) };
    let LoadNetworkResourcePageResult { http_status_code, stream, .. } = answer.resource;
    let Some(stream) = stream else {
        let is_absent = http_status_code.is_some_and(|status| (400.0..500.0).contains(&status));
        return Ok(is_absent.then(String::new));
    };
    let body = read(&page.session, ReadParams::new(stream.clone()), limit).await?;
    page.session.fire(&CloseParams::new(stream));
    // Sites answer with a page for people where there is nothing.
    Ok(body.map(
        |body| if serde_json::from_str::<Value>(&body).is_ok_and(|it| it.is_object()) { body } else { String::new() },
    ))
}

/// Reads a stream up to what is kept of a signal.
async fn read(session: &Session, mut part: ReadParams, limit: Duration) -> Result<Option<String>, CallError> {
    part.size = i64::try_from(Consent::LONGEST).ok();
    let mut body = Vec::new();
    loop {
        let Some(read) = absent(session.call(part.clone(), limit).await)? else { return Ok(None) };
        match read.base64_encoded {
            Some(true) => body.extend(BASE64_STANDARD.decode(&read.data).unwrap_or_default()),
            _ => body.extend(read.data.as_bytes()),
        }
        if read.eof || body.len() > Consent::LONGEST {
            return Ok(Some(String::from_utf8_lossy(&body).into_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_stands_at_the_origin() {
        let place = |address: &str| well_known(address);
        assert_eq!(
            place("https://shop.test:8443/a/b?c#d").as_deref(),
            Some("https://shop.test:8443/.well-known/gpc.json")
        );
        assert_eq!(place("about:blank"), None);
    }
}
