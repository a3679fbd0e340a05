//! A filter list (EasyPrivacy and its like) as a second opinion on parties that the catalogue does not know.
//!
//! Lists have licences of their own: we read the one that is installed, and never ship one.

use std::fmt;

use adblock::{
    Engine, FilterSet,
    lists::{ParseOptions, RuleTypes, parse_filters},
    request::Request,
};
use earshot_model::Transport;

use crate::DetectError;

/// A parsed filter list: build it once and share it. Measured with EasyPrivacy's 54,000 rules and dependencies at
/// opt-level 1: 0.1 s to build, 0.2 ms to ask about an address that no rule matches.
pub struct FilterList {
    name: String,
    rules: usize,
    checksum: u32,
    engine: Engine,
}

impl FilterList {
    /// Parses a list in Adblock Plus syntax. Rules that hide elements are passed over: they say nothing about who is
    /// contacted.
    ///
    /// # Errors
    /// [`DetectError::EmptyList`] if no network rule is left: a list that matches nothing would look like a clean web.
    pub fn parse(name: &str, text: &str) -> Result<Self, DetectError> {
        let options = ParseOptions { rule_types: RuleTypes::NetworkOnly, ..ParseOptions::default() };
        // Parsed once to be counted, and once by the engine, which does not tell how many it took.
        let rules = parse_filters(text.lines(), false, options).0.len();
        if rules == 0 {
            return Err(DetectError::EmptyList { name: name.to_owned() });
        }
        let mut set = FilterSet::new(false);
        set.add_filter_list(text.to_owned(), options);
        Ok(Self {
            name: name.to_owned(),
            rules,
            checksum: crc32fast::hash(text.as_bytes()),
            engine: Engine::new_with_filter_set(set),
        })
    }

    /// What it is called in findings.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// CRC-32 of its text, by which two editions are told apart.
    #[must_use]
    pub fn checksum(&self) -> u32 {
        self.checksum
    }

    /// How many network rules it holds.
    #[must_use]
    pub fn rules(&self) -> usize {
        self.rules
    }

    /// Whether the list would block `url` on a page at `source_url`. Exceptions of the list are honoured; an address
    /// that does not parse is not matched.
    #[must_use]
    pub fn matches(&self, url: &str, source_url: &str, transport: Transport) -> bool {
        // The list's `$method=` rules are few and are left unasked: no method is given.
        Request::new(url, source_url, resource_type(transport), "").is_ok_and(|request| {
            let result = self.engine.check_network_request(&request);
            result.should_block()
        })
    }
}

/// The name of filter-list syntax for a transport. Documents are those of frames: nobody is blocked from a page.
fn resource_type(transport: Transport) -> &'static str {
    match transport {
        Transport::Document => "subdocument",
        Transport::Script => "script",
        Transport::Style => "stylesheet",
        Transport::Font => "font",
        Transport::Image => "image",
        Transport::Media => "media",
        Transport::Fetch | Transport::Xhr | Transport::Preflight => "xmlhttprequest",
        Transport::Beacon => "ping",
        Transport::WebSocket => "websocket",
        Transport::EventSource | Transport::WebTransport | Transport::Other => "other",
    }
}

impl fmt::Debug for FilterList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FilterList").field("name", &self.name).field("rules", &self.rules).finish_non_exhaustive()
    }
}
