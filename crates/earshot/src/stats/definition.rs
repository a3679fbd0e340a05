//! Definitions: of one statistic, as text; of all, as docs/statistics.md.

use std::fmt::Write as _;

use earshot_store::{STATISTICS, Statistic};

const HEAD: &str = "\
# Statistics

What `earshot stats NAME` tells, how it is defined, and by whom. This page is written from the program (`make proto`);
`earshot stats NAME --explain` says the same of one statistic, with its SQL.

Numbers are drawn from roll-ups ([the tables](schema.md) `site_nights` and `vendor_sites`), which are made when a run is
complete; `earshot stats rebuild` makes them anew. In all statistics:

- **A site counts once**, by its newest scan in scope, whatever that saw. Statistics over nights take each night by itself.
  Verifies do not count.
- **A denominator is what was looked at.** A site that was blocked, or failed, is in no share: neither as clean nor as not. Each
  answer goes with a line that says how many sites there are and how many of them were seen, and which runs are not in it.
- **A share** has its `numerator`, its `denominator`, and the ends of Wilson's interval at 95 % (`low`, `high`). A share of
  nothing is NULL.
- **Before any choice** is what visits saw that touched no banner; in runs without the profile `untouched`, what the others saw
  before they did.
- **Vendors in scope** are trackers, those that hear content among them; `--all` takes every third party, `--category`
  and `--vendor` some.

| option | |
|---|---|
| `--portfolio` | only runs over that portfolio |
| `--since`, `--until` | only these nights: the night of the crawl, else the day (UTC) on which the run was started |
| `--run` | only that run |
| `--region` | only what was seen through that region's exit; `''` for the usual one |
| `--where NAME=VALUE` | only sites of which the portfolio says this: owner, sector, country, sensitive, a tag |
| `--by` | grouped by one of these; `segment` is its value. Each group has its own denominator |
| `--limit` | rows at most, of each group |
";

/// The definition as text, with the SQL.
#[must_use]
pub fn text(statistic: &Statistic) -> String {
    let mut text = format!("{}: {}\n\n{}\n", statistic.name, statistic.title, statistic.definition);
    for (what, counts) in statistic.counts() {
        let _ = writeln!(text, "\n{what}: {counts}.");
    }
    let _ = writeln!(text, "\nCounts {}. {}", statistic.over_what(), statistic.grouped());
    text.push_str("\nColumns:\n");
    let width = statistic.columns.iter().map(|column| column.name.len()).max().unwrap_or_default();
    for column in statistic.columns {
        let _ = writeln!(text, "  {:width$}  {} ({})", column.name, column.meaning, column.unit.as_str());
    }
    if !statistic.sources.is_empty() {
        text.push_str("\nSources:\n");
    }
    for source in statistic.sources {
        let _ = writeln!(text, "  {}\n    {}\n    {}", source.title, source.url, source.follows);
    }
    let sql = statistic.sql();
    let _ = writeln!(
        text,
        "\nSQL, with the parameters portfolio, since, until, run, regions, keys, values, exposures, categories, vendors, by, limit and days:\n\n{sql}"
    );
    text
}

/// docs/statistics.md.
#[must_use]
pub fn page() -> String {
    let mut text = HEAD.to_owned();
    text.push_str("\n| statistic | |\n|---|---|\n");
    for statistic in STATISTICS {
        let _ = writeln!(text, "| [`{0}`](#{0}) | {1} |", statistic.name, statistic.title);
    }
    for statistic in STATISTICS {
        let _ = writeln!(text, "\n## {}\n\n{}.\n\n{}\n", statistic.name, statistic.title, statistic.definition);
        for (what, counts) in statistic.counts() {
            let _ = writeln!(text, "- **{what}**: {counts}");
        }
        let _ = writeln!(text, "- **Counts** {}. {}", statistic.over_what(), statistic.grouped());
        for source in statistic.sources {
            let _ = writeln!(text, "- [{}]({}). {}", source.title, source.url, source.follows);
        }
        text.push_str("\n| column | unit | |\n|---|---|---|\n");
        for column in statistic.columns {
            let _ = writeln!(text, "| `{}` | {} | {} |", column.name, column.unit.as_str(), column.meaning);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_page_in_docs_is_what_the_program_says() {
        let path = format!("{}/../../docs/statistics.md", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("EARSHOT_REGENERATE").is_some() {
            std::fs::write(path, page()).unwrap();
        } else {
            assert_eq!(
                std::fs::read_to_string(path).unwrap(),
                page(),
                "run `make proto` to write docs/statistics.md anew"
            );
        }
    }

    #[test]
    fn every_statistic_is_defined() {
        let names: HashSet<_> = STATISTICS.iter().map(|statistic| statistic.name).collect();
        assert_eq!(names.len(), STATISTICS.len());
        for statistic in STATISTICS {
            let has = |name: &str| statistic.columns.iter().any(|column| column.name == name);
            let name = statistic.name;
            assert_eq!(has("numerator"), !statistic.numerator.is_empty(), "{name}");
            assert_eq!(has("denominator"), !statistic.denominator.is_empty(), "{name}");
            assert_eq!(has("share"), has("low") && has("high") && has("share"), "{name}");
            assert!(
                !has("share") || statistic.sources.iter().any(|source| source.title.starts_with("Wilson")),
                "{name}"
            );
            assert!(statistic.sources.iter().all(|source| source.url.starts_with("https://")), "{name}");
            assert_eq!(statistic.columns[0].name, "segment", "{name}");
        }
    }
}
