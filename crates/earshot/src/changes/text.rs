//! Changes for people: site by site, a line each.

use std::fmt::Write as _;

use earshot_detect::changes::{Change, Summary};
use earshot_report::{
    changes::{Comparison, sentence},
    plain,
    words::{count, were},
};

/// Pages that are named of one change; how many more there are is said.
const PAGES_NAMED: usize = 3;
/// Characters of a finding's id: enough to be the only one.
const FINDING_SHOWN: usize = 13;
/// How wide the column of the kinds is: the longest has 19 characters.
const KIND_WIDTH: usize = 20;

pub(super) fn head(comparison: &Comparison) -> String {
    let (earlier, later) = (&comparison.earlier, &comparison.later);
    let when = |run: &earshot_model::Run| run.started_at.strftime("%Y-%m-%d %H:%M").to_string();
    let mut text = format!(
        "What changed · run {} of {} UTC against run {} of {} UTC · {}\n",
        later.id,
        when(later),
        earlier.id,
        when(earlier),
        plain(&later.label)
    );
    for difference in comparison.differences() {
        let _ = writeln!(text, "The runs differ in {}: changes may come from that.", plain(&difference));
    }
    text
}

pub(super) fn site(changes: &[Change]) -> String {
    let mut text = format!("\n{}\n", plain(changes.first().map_or("", |change| change.site.as_str())));
    for change in changes {
        let kind = change.kind.as_str().replace('_', " ");
        let _ = writeln!(text, "  {kind:KIND_WIDTH$}{}", sentence(change));
        let _ = writeln!(text, "  {:KIND_WIDTH$}  {}{}", "", pages(&change.pages), proof(change));
    }
    text
}

pub(super) fn foot(summary: &Summary) -> String {
    let mut text = format!(
        "\n{} {} seen by both runs, {} only by the earlier one, {} only by the later one; on {} of all these something \
         changed.\n{} {} seen by both, {} of them whole by both: only there can something be new or gone.\n",
        count(summary.sites_both, "site"),
        were(summary.sites_both),
        summary.sites_earlier_only,
        summary.sites_later_only,
        summary.sites_changed,
        count(summary.pages_both, "page"),
        were(summary.pages_both),
        summary.pages_whole_both
    );
    for (kind, of_kind) in &summary.kinds {
        let kind = kind.as_str().replace('_', " ");
        let _ = writeln!(text, "  {kind:KIND_WIDTH$}{} on {}", of_kind.changes, count(of_kind.sites, "site"));
    }
    text
}

/// A finding that `earshot explain` tells more of: in the later run, if there is one.
fn proof(change: &Change) -> String {
    let trails = [&change.shown_by.later, &change.shown_by.earlier];
    let finding = trails.into_iter().find_map(|trail| trail.findings.first());
    finding.map_or_else(String::new, |finding| format!(" · finding {}", &finding.to_string()[..FINDING_SHOWN]))
}

fn pages(pages: &[String]) -> String {
    let named: Vec<_> = pages.iter().take(PAGES_NAMED).map(|page| plain(page)).collect();
    let more = pages.len().saturating_sub(PAGES_NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", named.join(" "))
}
