//! What a request itself says of consent, to whom it goes.

use earshot_model::Request;
use url::{Url, form_urlencoded};

use super::{
    gpp::{self, Section},
    tcf::Tcf,
};

/// How much of a body is read, in bytes: what says something of consent are short fields.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// How many statements of one request are kept.
const MAX_SAID: usize = 16;

/// What a request says of consent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sent {
    /// For people: `gcs=G100 (ad_storage denied, analytics_storage denied)`.
    pub said: Vec<String>,
    /// Google's consent mode for (`ad_storage`, `analytics_storage`); `None` where it does not say.
    pub google: Option<(Option<bool>, Option<bool>)>,
    /// Something in it says that nothing is agreed to.
    denies: bool,
    /// Something in it says that something is agreed to.
    grants: bool,
    /// It says that one opts out of sale or sharing, or that it may be used in a restricted way only.
    restricts: bool,
}

impl Sent {
    /// What a request says.
    pub(crate) fn by(request: &Request) -> Self {
        let mut sent = Self::default();
        for (name, value) in fields(request) {
            if sent.said.len() < MAX_SAID {
                sent.read(&name, &value);
            }
        }
        sent
    }

    /// Whether it says that consent is denied, and nothing in it says the contrary.
    pub(crate) fn is_denied(&self) -> bool {
        self.denies && !self.grants
    }

    /// Whether the vendor was told that it must not use it as it likes: denied, opted out, or restricted.
    pub(crate) fn is_restricted(&self) -> bool {
        self.is_denied() || self.restricts
    }

    fn read(&mut self, name: &str, value: &str) {
        let words = match name {
            "gcs" => self.gcs(value),
            "gcd" => self.gcd(value),
            "npa" if value == "1" => {
                // Beside consent mode it speaks of advertising only.
                self.denies |= self.google.is_none();
                Some("no personalised ads".to_owned())
            }
            "rdp" if value == "1" => self.restriction("restricted data processing"),
            "dpo" | "data_processing_options" if value.contains("LDU") => self.restriction("limited data use"),
            "asc" if value == "D" => {
                self.denies = true;
                Some("ad_storage denied".to_owned())
            }
            "limited_data_use" if matches!(value, "true" | "1") => self.restriction("limited data use"),
            "us_privacy" => gpp::us_privacy(value).map(|section| self.states(&[section])),
            "gpp" => gpp::read(value).map(|sections| self.states(&sections)),
            "gdpr_consent" => Tcf::read(value).map(|read| self.tcf(&read)),
            _ => None,
        };
        if let Some(words) = words {
            // Strings of the frameworks are long, and say where and when: what they mean is told.
            let shown =
                if matches!(name, "gpp" | "gdpr_consent") { name.to_owned() } else { format!("{name}={value}") };
            self.said.push(format!("{shown} ({words})"));
        }
    }

    /// `G1` and a letter each for advertising and analytics: 1 granted, 0 denied, `-` not said.
    fn gcs(&mut self, value: &str) -> Option<String> {
        let mut letters = value.strip_prefix("G1")?.chars().map(|letter| match letter {
            '1' => Some(Some(true)),
            '0' => Some(Some(false)),
            '-' => Some(None),
            _ => None,
        });
        let state = (letters.next()??, letters.next()??);
        self.google = Some(state);
        self.grants |= state.0 == Some(true) || state.1 == Some(true);
        self.denies |= state.0 == Some(false) || state.1 == Some(false);
        Some(google_words(&[state.0, state.1]))
    }

    /// A letter for each signal in Google's order, between digits.
    fn gcd(&mut self, value: &str) -> Option<String> {
        let letters: Vec<_> =
            value.chars().filter(char::is_ascii_lowercase).map(gcd_letter).take(GOOGLE.len()).collect();
        let states = letters.into_iter().collect::<Option<Vec<_>>>()?;
        if states.len() < GOOGLE.len() {
            return None;
        }
        // `gcs` says the same in short, and goes before.
        if self.google.is_none() {
            self.google = Some((states[0], states[1]));
        }
        self.grants |= states[..2].contains(&Some(true));
        self.denies |= states[..2].contains(&Some(false));
        Some(google_words(&states))
    }

    fn restriction(&mut self, words: &str) -> Option<String> {
        self.restricts = true;
        Some(words.to_owned())
    }

    fn states(&mut self, sections: &[Section]) -> String {
        let mut words = Vec::new();
        for section in sections {
            match section {
                Section::States { name, allowed } => {
                    let out: Vec<_> = allowed.iter().filter(|(_, allowed)| !allowed).map(|(what, _)| *what).collect();
                    self.restricts |= !out.is_empty();
                    let out = if out.is_empty() {
                        "no opt-out".to_owned()
                    } else {
                        format!("opted out of {}", out.join(", "))
                    };
                    words.push(format!("{name}: {out}"));
                }
                Section::Europe(read) => words.push(self.tcf(read)),
                Section::Unread(_) => {}
            }
        }
        words.join("; ")
    }

    fn tcf(&mut self, read: &Tcf) -> String {
        self.denies |= read.consents.is_empty();
        self.grants |= !read.consents.is_empty();
        read.said()
    }
}

/// Google's signals, in the order of `gcd`.
const GOOGLE: [&str; 4] = ["ad_storage", "analytics_storage", "ad_user_data", "ad_personalization"];

/// `Some(None)` where it was not said, `None` for a letter that nobody knows. By default and by update: p, t; q denied
/// twice, v granted twice, r granted after a denial, u denied after a grant; m, n by update alone.
fn gcd_letter(letter: char) -> Option<Option<bool>> {
    match letter {
        'l' => Some(None),
        'p' | 'q' | 'm' | 'u' => Some(Some(false)),
        't' | 'r' | 'n' | 'v' => Some(Some(true)),
        _ => None,
    }
}

fn google_words(states: &[Option<bool>]) -> String {
    let said = GOOGLE.iter().zip(states).filter_map(|(name, state)| {
        let word = if (*state)? { "granted" } else { "denied" };
        Some(format!("{name} {word}"))
    });
    let said: Vec<_> = said.collect();
    if said.is_empty() { "not set".to_owned() } else { said.join(", ") }
}

/// Fields by which vendors are told in bodies that are no plain forms: Meta's in parts of a form, TikTok's in JSON.
const IN_BODIES: [(&str, &str, &str); 3] = [
    ("dpo", "LDU", "name=\"dpo\"\r\n\r\nLDU"),
    ("data_processing_options", "LDU", "name=\"data_processing_options\"\r\n\r\n[\"LDU"),
    ("limited_data_use", "true", "\"limited_data_use\":true"),
];

/// The fields of an address, those that stand in its path behind semicolons, and those of a form that was sent; `gcs`
/// first, for it goes before what speaks of less.
fn fields(request: &Request) -> Vec<(String, String)> {
    let Ok(url) = Url::parse(&request.url) else { return Vec::new() };
    let in_path = url.path().split(';').skip(1).filter_map(|field| field.split_once('='));
    let in_path = in_path.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let is_form =
        request.header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let body = request.body.as_ref().map(|body| body.excerpt.as_slice()).unwrap_or_default();
    let body = &body[..body.len().min(MAX_BODY_BYTES)];
    let form = form_urlencoded::parse(if is_form { body } else { &[] });
    let in_body =
        IN_BODIES.iter().filter(|(.., text)| !is_form && memchr::memmem::find(body, text.as_bytes()).is_some());
    let in_body = in_body.map(|(name, value, _)| ((*name).to_owned(), (*value).to_owned()));
    let owned = |(name, value): (std::borrow::Cow<str>, std::borrow::Cow<str>)| (name.into_owned(), value.into_owned());
    let mut fields: Vec<_> =
        url.query_pairs().map(owned).chain(in_path).chain(form.map(owned)).chain(in_body).collect();
    fields.sort_by_key(|(name, _)| match name.as_str() {
        "gcs" => 0,
        "gcd" => 1,
        _ => 2,
    });
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(query: &str) -> Sent {
        Sent::by(&Request { url: format!("https://vendor.test/collect?{query}"), ..Request::default() })
    }

    #[test]
    fn a_request_says_whether_consent_is_denied() {
        for (query, denied, restricted) in [
            ("v=2", false, false),
            ("gcs=G100", true, true),
            ("gcs=G101&npa=1", false, false),
            ("gcs=G1--", false, false),
            ("gcd=13p3p3p3p5l1", true, true),
            ("gcd=13r3r3r3r5l1", false, false),
            ("npa=1", true, true),
            ("us_privacy=1YY-", false, true),
            ("us_privacy=1YN-", false, false),
            ("dpo=LDU&dpoco=0", false, true),
            ("gdpr=1&gdpr_consent=CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA", true, true),
            ("gdpr_consent=nonsense", false, false),
            ("gcs=G1", false, false),
        ] {
            let sent = sent(query);
            assert_eq!((sent.is_denied(), sent.is_restricted()), (denied, restricted), "{query}: {sent:?}");
        }
        let body = b"--x\r\nContent-Disposition: form-data; name=\"dpo\"\r\n\r\nLDU\r\n--x--".to_vec();
        let body = Some(earshot_model::Body { size: body.len() as u64, excerpt: body });
        assert!(
            Sent::by(&Request { url: "https://vendor.test/tr/".into(), body, ..Request::default() }).is_restricted()
        );
        let said = sent("gcs=G100").said;
        assert_eq!(said, ["gcs=G100 (ad_storage denied, analytics_storage denied)"]);
        let floodlight = "https://ad.doubleclick.net/activity;src=1;gcs=G100;ord=1";
        assert!(Sent::by(&Request { url: floodlight.into(), ..Request::default() }).is_denied());
    }
}
