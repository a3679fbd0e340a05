//! `earshot sql`.

use clap::Args;

/// `earshot sql`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  earshot sql \"SHOW TABLES\" --format JSONEachRow
  earshot sql \"SELECT count() FROM visits FINAL WHERE site = {site:String}\" --param site=example.com
  earshot sql \"SELECT vendor, uniqExact(site) AS sites FROM findings FINAL WHERE rule = 'pre_consent_contact'
    AND (visit_id, recording) IN (SELECT visit_id, recording FROM visits FINAL) GROUP BY vendor ORDER BY sites DESC\"

Rows of events, findings and gaps count only if visits FINAL names their recording: a visit that was recorded
twice has left others behind. Findings are of several rules; contacts are those of 'pre_consent_contact'.")]
pub struct Sql {
    /// The query
    #[arg(allow_hyphen_values = true)] // it may begin with a comment
    pub query: String,
    /// A value for {NAME:Type} in the query; may be given more than once
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = param)]
    pub params: Vec<(String, String)>,
    /// A ClickHouse output format
    #[arg(long, default_value = "PrettyCompactMonoBlock", value_name = "FORMAT")]
    pub format: String,
}

/// `NAME=VALUE`.
fn param(text: &str) -> Result<(String, String), String> {
    let name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    match text.split_once('=') {
        Some((left, value)) if name(left) => Ok((left.to_owned(), value.to_owned())),
        _ => Err("give NAME=VALUE, the name of letters, digits and _".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::{Cli, Command};

    #[test]
    fn a_query_may_begin_with_a_comment() {
        let query = "-- who\nSELECT 1 = 1";
        for arguments in [
            &["earshot", "sql", query, "--format", "TSV", "--param", "a=b=c"][..],
            &["earshot", "sql", "--format", "TSV", "--param", "a=b=c", query],
        ] {
            let Command::Sql(sql) = Cli::try_parse_from(arguments).unwrap().command else { panic!("{arguments:?}") };
            assert_eq!((sql.query.as_str(), sql.format.as_str()), (query, "TSV"), "{arguments:?}");
            assert_eq!(sql.params, [("a".to_owned(), "b=c".to_owned())]);
        }
        assert!(param("=x").is_err() && param("a b=x").is_err() && param("a").is_err());
    }
}
