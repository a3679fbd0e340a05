//! Verdicts for people: before and after, side by side.

use std::fmt::Write as _;

use comfy_table::{Attribute, Cell, Color};
use earshot_detect::verdict::{Conclusion, Side, Verdict};
use earshot_report::{
    plain,
    verify::{Verification, side, word},
    words,
};

use crate::terminal;

/// Hosts that are shown of one side.
const HOSTS: usize = 3;

pub(super) fn render(verification: &Verification, coloured: bool) -> String {
    let mut text = String::new();
    let (run, against) = (&verification.run, &verification.against);
    let _ = writeln!(
        text,
        "Is it fixed? · run {} held against {} of {} · {}",
        run.id,
        against.id,
        day(&against.started_at),
        plain(&against.label)
    );
    let _ = writeln!(
        text,
        "{}, {} of each under each profile, seen {}\n",
        words::count(verification.totals.pages, "page"),
        words::count(verification.visits, "visit"),
        from(&verification.egress)
    );
    for page in &verification.pages {
        let _ = writeln!(text, "{}", plain(&page.url));
        let mut table = terminal::table(coloured);
        table.set_header(["VERDICT", "WHO", "BEFORE", "AFTER"]);
        for verdict in &page.verdicts {
            table.add_row([
                conclusion(verdict.conclusion, coloured),
                Cell::new(plain(&verdict.name)),
                Cell::new(told(&verdict.before)),
                Cell::new(told(&verdict.after)),
            ]);
        }
        let _ = writeln!(text, "{table}");
        for verdict in &page.verdicts {
            reasons(verdict, &mut text);
        }
        text.push('\n');
    }
    if verification.pages.is_empty() {
        let _ = writeln!(text, "Nothing was found on these pages before, and nothing is now.\n");
    }
    totals(verification, &mut text);
    for note in &verification.notes {
        let _ = writeln!(text, "note: {}", plain(note));
    }
    let _ = writeln!(text, "\n{}", verification.notice);
    text
}

fn conclusion(conclusion: Conclusion, coloured: bool) -> Cell {
    let cell = Cell::new(word(conclusion));
    match conclusion {
        _ if !coloured => cell,
        Conclusion::Fixed => cell.fg(Color::Green),
        Conclusion::Inconclusive => cell.fg(Color::Yellow),
        _ => cell.fg(Color::Red).add_attribute(Attribute::Bold),
    }
}

/// What was seen of it, and where it went.
fn told(of: &Side) -> String {
    let mut said = side(of);
    let mut hosts: Vec<_> = of.hosts.iter().take(HOSTS).map(|host| plain(host)).collect();
    if of.hosts.len() > HOSTS {
        hosts.push("…".to_owned());
    }
    if of.firing > 0 && !hosts.is_empty() {
        let _ = write!(said, "\n{}", hosts.join(" "));
    }
    said
}

/// Why, and where the proof is.
fn reasons(verdict: &Verdict, text: &mut String) {
    for claim in &verdict.claims {
        let rule = claim.rule.replace('_', " ");
        let (name, word) = (plain(&verdict.name), word(claim.conclusion));
        let _ = writeln!(text, "  {name}: {rule} ({}): {word}: {}", claim.profile, plain(&claim.reason));
    }
    for (when, side) in [("before", &verdict.before), ("after", &verdict.after)] {
        let kept: Vec<_> = side.evidence.iter().filter(|evidence| !evidence.manifest.is_empty()).collect();
        if let Some(first) = kept.first() {
            let more = if kept.len() > 1 { format!(" and {} more", kept.len() - 1) } else { String::new() };
            let _ = writeln!(text, "    evidence {when}: {}{more}", first.manifest);
        }
    }
}

fn totals(verification: &Verification, text: &mut String) {
    let each = verification.totals.each();
    let each: Vec<_> = each.iter().map(|(kind, count)| format!("{count} {}", word(kind.0))).collect();
    let _ = writeln!(text, "{}", each.join(" · "));
}

fn day(at: &str) -> &str {
    at.split('T').next().unwrap_or(at)
}

fn from(egress: &str) -> String {
    if egress == "direct" { "directly".to_owned() } else { format!("through {egress}") }
}
