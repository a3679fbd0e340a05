//! `network.har`: what went over the wire, as HAR 1.2 (Odvarka, "HTTP Archive 1.2"), for any viewer of such files.
//!
//! What HAR has no word for stands in fields that begin with `_`, in Chrome's words where it has them (`_initiator`,
//! `_resourceType`, `_webSocketMessages`), else in ours (`_seq`, `_phase`, `_vendor`, `_seenBy`, `_onLeave`, `_error`).

mod entry;
mod form;
mod text;

use std::collections::HashMap;

use earshot_model::{Event, Fact, Request, Response, SocketFrame, Visit};
use serde::Serialize;

use crate::bundle::Case;
use form::{Entry, Log, Page, PageTimings, Program};
use text::Budget;

/// What came of each request, by its `seq`.
#[derive(Default)]
struct Answers<'a> {
    responses: HashMap<u32, (&'a Event, &'a Response)>,
    failures: HashMap<u32, (&'a Event, &'a str)>,
    frames: HashMap<u32, Vec<(&'a Event, &'a SocketFrame)>>,
    redirects: HashMap<u32, &'a str>,
}

/// The document.
#[derive(Debug, Serialize)]
pub(crate) struct Network<'a> {
    log: Log<'a>,
}

impl<'a> Network<'a> {
    pub fn of(case: &Case<'a>) -> Self {
        let visit = case.visit;
        let (answers, mut budget) = (Answers::of(visit), Budget::default());
        let mut entries: Vec<Entry> = Vec::new();
        for event in &visit.events {
            if let Fact::Request(request) = &event.fact {
                let vendor = case.vendors.get(event.seq as usize).and_then(Option::as_deref);
                entries.push(entry::of(visit, event, request, vendor, &answers, &mut budget));
            }
        }
        let (browser, version) = visit.identity.browser.split_once('/').unwrap_or((&visit.identity.browser, ""));
        let page = Page {
            started_date_time: visit.started_at.to_string(),
            id: form::PAGE,
            title: visit.task.page.as_str(),
            page_timings: PageTimings { on_content_load: -1, on_load: -1 },
        };
        let log = Log {
            version: "1.2",
            creator: Program { name: "Earshot", version: env!("CARGO_PKG_VERSION") },
            browser: Program { name: browser, version },
            pages: [page],
            entries,
            comment: "Bodies of answers are not kept. Of what was sent, bodies are kept up to a bound each and a bound in \
                all; what is left out is said at its entry. Values of cookies and credentials are withheld.",
        };
        Self { log }
    }
}

impl<'a> Answers<'a> {
    fn of(visit: &'a Visit) -> Self {
        let mut answers = Self::default();
        for event in &visit.events {
            match &event.fact {
                Fact::Response(response) => {
                    answers.responses.entry(response.request).or_insert((event, response));
                }
                Fact::Failed { request, error } => {
                    answers.failures.entry(*request).or_insert((event, error));
                }
                Fact::SocketFrame(frame) => answers.frames.entry(frame.request).or_default().push((event, frame)),
                Fact::Request(Request { redirect_of: Some(before), url, .. }) => {
                    answers.redirects.insert(*before, url);
                }
                _ => {}
            }
        }
        answers
    }
}
