//! Dead letters as people read them: what was asked for, of which run, and why it was given up.

use earshot_bus::DeadLetter;
use earshot_model::{
    Crawl, Notice, PageTask, SeedTask, Visit,
    wire::{self, Wire},
};
use serde::Serialize;

/// A dead letter, without what a page was told or told us: that may be anything.
#[derive(Debug, Serialize)]
pub struct Dead {
    /// Its number among the dead letters.
    pub number: u64,
    /// When it was buried (UTC).
    pub buried_at: String,
    /// How often it had been delivered.
    pub attempt: u64,
    /// Why it was given up.
    pub reason: String,
    /// What it was.
    #[serde(flatten)]
    pub content: Content,
}

/// What a dead letter was.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Content {
    /// "Crawl this site."
    Site {
        /// Of which run.
        run: String,
        /// Where it was to begin.
        start: String,
    },
    /// "Visit this page."
    Page {
        /// Of which run.
        run: String,
        /// Which page.
        page: String,
        /// How.
        profile: &'static str,
        /// Which visit of it, from 0.
        repetition: u32,
        /// Id of the visit.
        visit: String,
    },
    /// A finished crawl that was not recorded.
    Crawl {
        /// Of which run.
        run: String,
        /// Where it began.
        start: String,
        /// How it ended.
        outcome: &'static str,
        /// How many pages it chose.
        pages: usize,
    },
    /// A finished visit that was not recorded.
    Visit {
        /// Of which run.
        run: String,
        /// Which page.
        page: String,
        /// How.
        profile: &'static str,
        /// Id of the visit.
        visit: String,
        /// How it ended.
        outcome: &'static str,
        /// How many facts were seen.
        events: usize,
    },
    /// "Tell this channel what changed."
    Notice {
        /// Since which run.
        earlier: String,
        /// In which run.
        later: String,
        /// Who was to be told.
        channel: String,
    },
    /// Something else.
    Unreadable {
        /// Where it was sent to.
        subject: String,
        /// Why it cannot be read.
        error: String,
        /// How long it is.
        bytes: usize,
    },
}

impl Dead {
    /// Reads a letter; `body` is what it was, if that is still there.
    #[must_use]
    pub fn read(letter: &DeadLetter, body: Option<&[u8]>) -> Self {
        Self {
            number: letter.number,
            buried_at: letter.buried_at.strftime("%Y-%m-%d %H:%M:%S").to_string(),
            attempt: letter.attempt,
            reason: letter.reason.clone(),
            content: Content::read(&letter.subject, body),
        }
    }
}

impl Content {
    fn read(subject: &str, body: Option<&[u8]>) -> Self {
        let bytes = body.map_or(0, <[u8]>::len);
        let unreadable = |error: String| Self::Unreadable { subject: subject.to_owned(), error, bytes };
        let Some(body) = body else { return unreadable("its body is no longer in the bucket".to_owned()) };
        let read = match subject.split('.').nth(1) {
            Some("sites") => decode::<SeedTask>(body)
                .map(|task| Self::Site { run: task.run.to_string(), start: task.target.start.to_string() }),
            Some("pages") => decode::<PageTask>(body).map(|task| Self::Page {
                run: task.run.to_string(),
                visit: task.visit_id().to_string(),
                page: task.page.to_string(),
                profile: task.profile.as_str(),
                repetition: task.repetition,
            }),
            Some("crawls") => decode::<Crawl>(body).map(|crawl| Self::Crawl {
                run: crawl.run.to_string(),
                start: crawl.start.to_string(),
                outcome: crawl.outcome.as_str(),
                pages: crawl.pages.len(),
            }),
            Some("visits") => decode::<Visit>(body).map(|visit| Self::Visit {
                run: visit.task.run.to_string(),
                page: visit.task.page.to_string(),
                profile: visit.task.profile.as_str(),
                visit: visit.id().to_string(),
                outcome: visit.outcome.as_str(),
                events: visit.events.len(),
            }),
            Some("notices") => decode::<Notice>(body).map(|notice| Self::Notice {
                earlier: notice.earlier.to_string(),
                later: notice.later.to_string(),
                channel: notice.channel,
            }),
            _ => Err("nothing of ours is sent there".to_owned()),
        };
        read.unwrap_or_else(unreadable)
    }

    /// What it was, in one word, and what it was about.
    #[must_use]
    pub fn said(&self) -> (&'static str, String) {
        match self {
            Self::Site { start, .. } => ("site", start.clone()),
            Self::Page { page, profile, repetition: 0, .. } => ("page", format!("{page} ({profile})")),
            Self::Page { page, profile, repetition, .. } => ("page", format!("{page} ({profile}, again {repetition})")),
            Self::Crawl { start, .. } => ("crawl", start.clone()),
            Self::Visit { page, profile, .. } => ("visit", format!("{page} ({profile})")),
            Self::Notice { channel, later, .. } => ("notice", format!("to {channel}, of run {later}")),
            Self::Unreadable { subject, .. } => ("unreadable", subject.clone()),
        }
    }

    /// Of which run it was.
    #[must_use]
    pub fn run(&self) -> Option<&str> {
        match self {
            Self::Site { run, .. } | Self::Page { run, .. } | Self::Crawl { run, .. } | Self::Visit { run, .. } => {
                Some(run)
            }
            Self::Notice { later, .. } => Some(later),
            Self::Unreadable { .. } => None,
        }
    }
}

fn decode<T: Wire>(body: &[u8]) -> Result<T, String> {
    wire::decode(body).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn garbage_is_told_as_such() {
        let content = Content::read("earshot.pages.bulk.x", Some(b"\x01garbage"));
        assert!(matches!(content, Content::Unreadable { bytes: 8, .. }), "{content:?}");
        let content = Content::read("earshot.visits.x", None);
        let Content::Unreadable { error, .. } = content else { panic!("{content:?}") };
        assert!(error.contains("bucket"), "{error}");
    }
}
