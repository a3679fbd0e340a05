//! What a visit's end means for the page.

use std::time::Duration;

use earshot_model::{BlockReason, Certificate, Outcome, RefusalReason, Site};
use url::Url;

use crate::{inventory::Look, signs::Signs};

/// Titles of interstitials, whole: nobody calls a page of their own like this.
const CHALLENGE_TITLES: &[&str] = &[
    // Cloudflare
    "Just a moment...",
    "Attention Required! | Cloudflare",
    // HUMAN (PerimeterX)
    "Access to this page has been denied",
    "Access to this page has been denied.",
    // Imperva (Incapsula, Distil)
    "Pardon Our Interruption",
    "Pardon Our Interruption...",
];

/// Hosts that serve nothing but challenges.
const CHALLENGE_HOSTS: &[&str] = &["captcha-delivery.com", "captcha.px-cdn.net", "captcha.px-cloud.net"];

/// The last document that the main frame was given, as far as it got.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Document {
    /// Its address after redirects.
    pub url: String,
    /// HTTP status, if anything was answered.
    pub status: Option<u16>,
    /// MIME type.
    pub mime: String,
    /// Whether it says itself that it is a challenge (`cf-mitigated: challenge`).
    pub challenge: bool,
    /// For how long the site wants to be left alone.
    pub retry_after: Option<Duration>,
    /// Our own proxy's word for why it did not go there.
    pub refused: bool,
    /// Our own proxy's word for why it could not get there.
    pub unreachable: Option<String>,
    /// The browser's name for what went wrong.
    pub error: Option<String>,
    /// Who the server said that it is, for https; its digest is not known yet.
    pub certificate: Option<Certificate>,
}

/// All that is known about how a visit ended.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ending {
    /// The registrable domain that was asked for.
    pub asked: String,
    pub document: Document,
    /// Why the document was not watched to the end of its dwell.
    pub cut_short: Option<String>,
    /// What a person would see at the end.
    pub look: Option<Look>,
    /// What was seen of the renderer's death.
    pub crashed: Option<String>,
    /// Whether the egress refused the document's host.
    pub refused: bool,
    /// Whether the browser took the answer for a download.
    pub download: bool,
    /// The page's title at the end.
    pub title: String,
    /// Host and path of documents that frames were given.
    pub frames: Vec<String>,
    /// Host and path of scripts.
    pub scripts: Vec<String>,
    /// How long the document was waited for.
    pub waited_ms: u32,
}

impl Document {
    /// Whether our own proxy answered instead of the site.
    pub(crate) fn is_our_own(&self) -> bool {
        self.refused || self.unreachable.is_some()
    }
}

impl Ending {
    /// How the visit ended, as far as the site is concerned.
    pub(crate) fn outcome(self) -> Outcome {
        let answered = self.document.status.filter(|_| self.document.unreachable.is_none());
        if self.document.refused || (self.refused && answered.is_none()) {
            Outcome::Refused { reason: RefusalReason::PrivateAddress }
        } else if let Some(detail) = self.crashed {
            Outcome::Crashed { detail }
        } else if self.download {
            let mime = &self.document.mime;
            Outcome::NotAPage { detail: format!("a download: {}", if mime.is_empty() { "unknown" } else { mime }) }
        } else if let Some(status @ (204 | 205)) = answered {
            Outcome::NotAPage { detail: format!("HTTP {status}") }
        } else if let Some(status) = answered {
            self.answered(status)
        } else if let Some(error) = self.document.unreachable.or(self.document.error) {
            Outcome::Unreachable { error }
        } else {
            Outcome::TimedOut { after_ms: self.waited_ms }
        }
    }

    /// Whether there is a wall comes first: it may stand on another domain. Then whose page it is.
    fn answered(self, status: u16) -> Outcome {
        let host = Url::parse(&self.document.url).ok().and_then(|url| url.host_str().map(str::to_owned));
        let host = host.unwrap_or_default();
        let Self { asked, title, look, frames, scripts, .. } = &self;
        let signs = Signs { status, asked, host: &host, title: title.trim(), look: *look, frames, scripts };
        if self.is_challenge() {
            return Outcome::Blocked { status, reason: BlockReason::Challenge };
        }
        if signs.is_captcha() {
            return Outcome::Blocked { status, reason: BlockReason::Captcha };
        }
        if let Some(sign) = signs.parked() {
            return Outcome::Parked { status, sign };
        }
        let landed = Site::of_host_or_itself(&host).filter(|site| !asked.is_empty() && site.as_str() != asked);
        if let Some(site) = landed {
            return Outcome::OffSite { status, to: site.as_str().to_owned() };
        }
        match (Outcome::of_status(status), self.cut_short) {
            (Outcome::Loaded { status }, Some(detail)) => Outcome::Partial { status, detail },
            (outcome, _) => outcome,
        }
    }

    fn is_challenge(&self) -> bool {
        let serves_challenges = |place: &String| {
            let host = place.split('/').next().unwrap_or_default();
            CHALLENGE_HOSTS
                .iter()
                .any(|known| host == *known || host.strip_suffix(known).is_some_and(|h| h.ends_with('.')))
        };
        self.document.challenge
            || CHALLENGE_TITLES.contains(&self.title.trim())
            || self.frames.iter().any(serves_challenges)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16) -> Ending {
        Ending { document: Document { status: Some(status), ..Document::default() }, ..Ending::default() }
    }

    fn blocked(ending: Ending) -> bool {
        matches!(ending.outcome(), Outcome::Blocked { reason: BlockReason::Challenge, .. })
    }

    #[test]
    fn an_answer_is_judged_by_its_status() {
        assert_eq!(answered(200).outcome(), Outcome::Loaded { status: 200 });
        assert_eq!(answered(403).outcome(), Outcome::Blocked { status: 403, reason: BlockReason::Status });
        assert_eq!(answered(500).outcome(), Outcome::HttpError { status: 500 });
        assert_eq!(answered(204).outcome(), Outcome::NotAPage { detail: "HTTP 204".into() });
    }

    #[test]
    fn a_challenge_is_a_wall_whatever_its_status() {
        assert!(blocked(Ending { title: "Just a moment...".into(), ..answered(200) }));
        assert!(blocked(Ending { frames: vec!["geo.captcha-delivery.com/captcha/".into()], ..answered(403) }));
        let mut mitigated = answered(403);
        mitigated.document.challenge = true;
        assert!(blocked(mitigated));
    }

    #[test]
    fn a_page_that_only_mentions_a_challenge_is_a_page() {
        assert!(!blocked(Ending { title: "Just a moment... of calm: our spa".into(), ..answered(200) }));
        assert!(!blocked(Ending { frames: vec!["notcaptcha-delivery.com".into()], ..answered(200) }));
    }

    #[test]
    fn another_registrable_domain_is_not_the_site() {
        let landed = |url: &str| {
            let mut ending = Ending { asked: "shop.test".into(), ..answered(200) };
            ending.document.url = url.into();
            ending.outcome()
        };
        assert_eq!(landed("https://www.shop.test/en"), Outcome::Loaded { status: 200 });
        assert_eq!(landed("https://other.test/"), Outcome::OffSite { status: 200, to: "other.test".into() });
        assert_eq!(landed("https://shop.test.other.test/"), Outcome::OffSite { status: 200, to: "other.test".into() });
    }

    #[test]
    fn what_was_cut_short_is_partial_and_a_wall_stays_a_wall() {
        let cut = |status| Ending { cut_short: Some("not parsed".into()), ..answered(status) }.outcome();
        assert_eq!(cut(200), Outcome::Partial { status: 200, detail: "not parsed".into() });
        assert_eq!(cut(500), Outcome::HttpError { status: 500 });
    }

    #[test]
    fn what_our_own_proxy_answers_is_no_answer_of_the_site() {
        let mut refused = answered(403);
        refused.document.refused = true;
        assert_eq!(refused.outcome(), Outcome::Refused { reason: RefusalReason::PrivateAddress });
        let mut failed = answered(502);
        failed.document.unreachable = Some("connect-failed".into());
        assert_eq!(failed.outcome(), Outcome::Unreachable { error: "connect-failed".into() });
    }

    #[test]
    fn without_an_answer_the_reason_is_told() {
        let tunnel = || Document { error: Some("net::ERR_TUNNEL_CONNECTION_FAILED".into()), ..Document::default() };
        let ending = Ending { document: tunnel(), refused: true, ..Ending::default() };
        assert_eq!(ending.outcome(), Outcome::Refused { reason: RefusalReason::PrivateAddress });
        let ending = Ending { document: tunnel(), ..Ending::default() };
        assert_eq!(ending.outcome(), Outcome::Unreachable { error: "net::ERR_TUNNEL_CONNECTION_FAILED".into() });
        let ending = Ending { waited_ms: 7, ..Ending::default() };
        assert_eq!(ending.outcome(), Outcome::TimedOut { after_ms: 7 });
        let ending = Ending { crashed: Some("crashed".into()), ..answered(200) };
        assert_eq!(ending.outcome(), Outcome::Crashed { detail: "crashed".into() });
        let ending = Ending { download: true, ..Ending::default() };
        assert_eq!(ending.outcome(), Outcome::NotAPage { detail: "a download: unknown".into() });
    }
}
