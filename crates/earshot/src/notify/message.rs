//! What is told.

use std::{collections::BTreeSet, fmt::Write as _};

use anyhow::Result;
use earshot_detect::changes::{Change, ChangeKind, Party, Shown, Summary, Topic, Value};
use earshot_report::{
    changes::{Comparison, Document, sentence},
    plain,
    words::{count, cut},
};
use earshot_store::Store;
use jiff::Timestamp;
use serde_json::json;

/// Changes of one message at most: it is to be read. How many more there are, and how to see them, is said.
pub const MOST_CHANGES: usize = 100;
/// Characters of a line at most: names and addresses are chosen by others.
const LONGEST_LINE: usize = 300;

/// What is told, in the forms that channels need.
#[derive(Clone, Debug)]
pub struct Message {
    /// Everything in a line.
    pub headline: String,
    /// A line for each change, most pressing first on each site; at most [`MOST_CHANGES`].
    pub lines: Vec<String>,
    /// What to say after them: how many more there are, of how much the runs speak, how to see all of it.
    pub notes: Vec<String>,
    /// All of it as JSON: `type`, `timestamp` and `data`, as Standard Webhooks recommend.
    pub json: String,
}

impl Message {
    /// What a channel that asks for `topics` is told of a comparison; none if nothing of it changed.
    ///
    /// # Errors
    /// If the store cannot be asked.
    pub async fn of(store: &Store, comparison: &Comparison, topics: &BTreeSet<Topic>) -> Result<Option<Self>> {
        let (mut told, mut matching, mut sites) = (Vec::new(), 0_u64, 0_u64);
        let tell = |changes: Vec<Change>| {
            let changes: Vec<_> = changes.into_iter().filter(|change| topics.contains(&change.kind.topic())).collect();
            matching += changes.len() as u64;
            sites += u64::from(!changes.is_empty());
            let room = MOST_CHANGES - told.len();
            told.extend(changes.into_iter().take(room));
            Ok::<(), anyhow::Error>(())
        };
        let summary = comparison.each_site(store, None, tell).await?;
        if told.is_empty() {
            return Ok(None);
        }
        let left_out = matching - told.len() as u64;
        let mut notes = Vec::new();
        if left_out > 0 {
            notes.push(format!("Not listed here: {}.", count(left_out, "more change")));
        }
        notes.push(among(&summary));
        notes.push(format!("All of it: earshot diff {} {}", comparison.earlier.id, comparison.later.id));
        let document = Document::of(comparison, &told, left_out, &summary);
        let json = json!({ "type": "earshot.changes", "timestamp": Timestamp::now(), "data": document });
        let label = plain(&comparison.later.label);
        let (changes, sites) = (count(matching, "change"), count(sites, "site"));
        let headline = cut(&format!("Earshot: {changes} on {sites} · {label}"), LONGEST_LINE);
        Ok(Some(Self { headline, lines: told.iter().map(line).collect(), notes, json: serde_json::to_string(&json)? }))
    }

    /// What `earshot notify test` sends.
    #[must_use]
    pub fn sample() -> Self {
        let vendor = Party {
            id: "example-replay".into(),
            name: "Example Replay".into(),
            category: "session_replay".into(),
            exposure: "content".into(),
        };
        let change = Change {
            kind: ChangeKind::NewTracker,
            site: "example.com".into(),
            pages: vec!["https://example.com/".into()],
            vendor: Some(vendor),
            before: Value::Word("absent"),
            after: Value::Ms(1200.0),
            shown_by: Shown::default(),
        };
        let note = "This is a test: no site was looked at.";
        let data = json!({ "note": note, "changes": [change] });
        let json = json!({ "type": "earshot.test", "timestamp": Timestamp::now(), "data": data });
        Self {
            headline: "Earshot: test notice".to_owned(),
            lines: vec![line(&change)],
            notes: vec![note.to_owned()],
            json: json.to_string(),
        }
    }

    /// As plain text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{}\n\n", self.headline);
        for line in self.lines.iter().chain(&self.notes) {
            let _ = writeln!(text, "{line}");
        }
        text
    }
}

/// What the changes are counted among.
fn among(summary: &Summary) -> String {
    format!(
        "Both runs saw {} and {}, {} of them whole; only the earlier one saw {}, only the later one {}.",
        count(summary.sites_both, "site"),
        count(summary.pages_both, "page"),
        summary.pages_whole_both,
        count(summary.sites_earlier_only, "site"),
        summary.sites_later_only
    )
}

fn line(change: &Change) -> String {
    let page = change.pages.first().map_or_else(String::new, |page| plain(page));
    let more = change.pages.len().saturating_sub(1);
    let more = if more > 0 { format!(" and {}", count(more, "more page")) } else { String::new() };
    let kind = change.kind.as_str().replace('_', " ");
    cut(&format!("{}: {kind}: {} · {page}{more}", plain(&change.site), sentence(change)), LONGEST_LINE)
}

/// Text for what reads `&`, `<` and `>` as its own: HTML, and Slack's mrkdwn.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
