//! What was not seen, or not whole.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{LISTED, PAGES_IN_DETAIL};
use earshot_report::{Failures, Report, SiteCoverage, plain, words};

pub(super) fn show(report: &Report, text: &mut String) {
    if report.pages.len() > PAGES_IN_DETAIL {
        sites(report, text);
    }
    partial(report, text);
    unseen(report, text);
    gaps(report, text);
}

/// "3 failed (2 dns, 1 other)": pages that were visited.
pub(super) fn failed(report: &Report) -> String {
    let of = |cause: &str| report.pages.iter().filter(|page| page.failure.as_deref() == Some(cause)).count() as u64;
    let (dns, tls, connection) = (of("dns"), of("tls"), of("connection"));
    let all = report.totals.pages_failed;
    let other = all.saturating_sub(dns + tls + connection);
    format!("{all} failed{}", causes(Failures { dns, tls, connection, other }))
}

/// "2 targets without any page: 1 failed (1 tls), 1 refused."
pub(super) fn without_page(report: &Report, text: &mut String) {
    let of_class = |class: &str| report.unvisited.iter().filter(|target| target.class == class).count() as u64;
    let failed = report.unvisited.iter().filter(|target| target.class == "failed");
    let of_cause =
        |cause: &str| failed.clone().filter(|target| target.failure.as_deref() == Some(cause)).count() as u64;
    let (dns, tls, connection) = (of_cause("dns"), of_cause("tls"), of_cause("connection"));
    let other = of_class("failed").saturating_sub(dns + tls + connection);
    let said = ["failed", "blocked", "absent", "refused"].map(|class| (class, of_class(class)));
    let said = said.into_iter().filter(|(_, count)| *count > 0).map(|(class, count)| match class {
        "failed" => format!("{count} failed{}", causes(Failures { dns, tls, connection, other })),
        class => format!("{count} {class}"),
    });
    if !report.unvisited.is_empty() {
        let said = said.collect::<Vec<_>>().join(", ");
        let _ = writeln!(text, "{} without any page: {said}.", words::count(report.unvisited.len(), "target"));
    }
}

fn causes(failures: Failures) -> String {
    let named = [("dns", failures.dns), ("tls", failures.tls), ("connection", failures.connection)];
    if named.iter().all(|(_, count)| *count == 0) {
        return String::new();
    }
    let all = named.into_iter().chain([("other", failures.other)]).filter(|(_, count)| *count > 0);
    format!(" ({})", all.map(|(name, count)| format!("{count} {name}")).collect::<Vec<_>>().join(", "))
}

fn sites(report: &Report, text: &mut String) {
    let not_whole: Vec<_> = report.sites.iter().filter(|site| !site.is_whole()).collect();
    let whole = report.sites.len() - not_whole.len();
    let (sites, were) = (words::count(report.sites.len(), "site"), words::were(whole));
    let _ = writeln!(text, "\nCoverage: {whole} of {sites} {were} seen whole.");
    for site in not_whole.iter().take(LISTED) {
        let _ = writeln!(text, "  {}: {}", plain(&site.site), coverage(site));
    }
    more(not_whole.len(), text);
}

fn coverage(site: &SiteCoverage) -> String {
    let mut said = vec![format!("{} of {} seen", site.seen, words::count(site.planned, "page"))];
    for (count, what) in
        [(site.partial, "only in part"), (site.blocked, "blocked"), (site.absent, "absent"), (site.refused, "refused")]
    {
        if count > 0 {
            said.push(format!("{count} {what}"));
        }
    }
    if site.failed.total() > 0 {
        said.push(format!("{} failed{}", site.failed.total(), causes(site.failed)));
    }
    said.join(" · ")
}

fn partial(report: &Report, text: &mut String) {
    let pages: Vec<_> = report.pages.iter().filter(|page| page.outcome == "partial").collect();
    if pages.is_empty() {
        return;
    }
    let _ = writeln!(text, "\nSeen only in part, so not clean even where nothing was found:");
    for page in pages.iter().take(LISTED) {
        let _ = writeln!(text, "  {}  {}", plain(&page.url), plain(&page.detail));
    }
    more(pages.len(), text);
}

fn unseen(report: &Report, text: &mut String) {
    let pages = report.pages.iter().filter(|page| page.class != "seen");
    let pages = pages.map(|page| (page.class.as_str(), page.url.as_str(), page.detail.as_str()));
    let targets = report.unvisited.iter();
    let targets = targets.map(|target| (target.class.as_str(), target.start.as_str(), target.detail.as_str()));
    let rows: Vec<_> = pages.chain(targets).collect();
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(text, "\nNot seen, so nothing can be said about them:");
    for (class, url, detail) in rows.iter().take(LISTED) {
        let _ = writeln!(text, "  {class:<8} {}  {}", plain(url), plain(detail));
    }
    more(rows.len(), text);
}

fn more(rows: usize, text: &mut String) {
    if rows > LISTED {
        let _ = writeln!(text, "  … and {} more (--format json lists all)", rows - LISTED);
    }
}

fn gaps(report: &Report, text: &mut String) {
    let mut kinds: BTreeMap<&str, u64> = BTreeMap::new();
    for gap in report.pages.iter().filter(|page| page.class == "seen").flat_map(|page| &page.gaps) {
        *kinds.entry(&gap.kind).or_default() += 1;
    }
    if !kinds.is_empty() {
        let kinds: Vec<_> = kinds.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        let _ = writeln!(text, "\nNot observable on seen pages: {}", kinds.join(", "));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use earshot_report::sample;

    #[test]
    fn a_site_tells_how_much_of_it_was_seen() {
        let mut report = sample::report();
        assert_eq!(coverage(&report.sites[0]), "2 of 4 pages seen · 1 only in part · 1 blocked · 1 failed (1 dns)");
        assert!(!report.sites[0].is_whole());
        report.totals.pages_failed = 3;
        assert_eq!(failed(&report), "3 failed (1 dns, 2 other)");
        report.pages[3].failure = None;
        assert_eq!(failed(&report), "3 failed");
    }

    #[test]
    fn targets_without_any_page_are_counted_by_how_they_ended() {
        let mut report = sample::report();
        let mut said = String::new();
        without_page(&report, &mut said);
        assert_eq!(said, "");
        report.unvisited = [("refused", None), ("failed", Some("tls")), ("failed", None)]
            .map(|(class, failure)| sample::unvisited(class, failure))
            .into();
        without_page(&report, &mut said);
        assert_eq!(said, "3 targets without any page: 2 failed (1 tls, 1 other), 1 refused.\n");
    }

    #[test]
    fn nobody_takes_a_page_that_was_cut_short_for_clean() {
        let mut text = String::new();
        show(&sample::report(), &mut text);
        assert!(text.contains("not clean even where nothing was found:\n  https://shop.test/cart"), "{text}");
    }
}
