//! `earshot evidence`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use earshot_model::{RunId, Site};

use super::{ListFormat, explain::finding_id};

/// `earshot evidence`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  earshot evidence export last -o run.zip              everything that proves the last run
  earshot evidence export example.com -o site.zip      one site, of the last run that visited it
  earshot evidence export 0f1c2a3b -o finding.zip      the visit of one finding
  earshot evidence check site.zip                      offline: exit code 11 and what does not hold
  earshot evidence check site.zip --key evidence-key.pub
  earshot evidence keygen -o evidence-key.pem          a key for a fleet: [evidence] key = \"FILE\"")]
pub struct Evidence {
    /// What to do.
    #[command(subcommand)]
    pub command: EvidenceCommand,
}

/// What to do with evidence.
#[derive(Debug, Subcommand)]
pub enum EvidenceCommand {
    /// Take evidence out of its store into a zip file that can be handed on
    Export {
        /// A run's id or `last`, a site, or a finding's id or enough of its beginning
        #[arg(value_name = "RUN|SITE|FINDING", value_parser = subject)]
        subject: Subject,
        /// Where to write it
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
        /// Of a site: the run [default: the last that visited it]
        #[arg(long, value_name = "RUN")]
        run: Option<RunId>,
    },
    /// Hold such a file against itself: names whatever was changed, is missing or was added. Needs no service
    Check {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The key that must have signed it: a file with the public key (PEM), or its fingerprint
        ///
        /// Without this nobody can say whose key it was: who signs everything anew with another key is not found out.
        #[arg(long, value_name = "FILE|FINGERPRINT")]
        key: Option<String>,
        /// How to print it
        #[arg(long, value_enum, default_value_t = ListFormat::Text, value_name = "FORMAT")]
        format: ListFormat,
    },
    /// Make a key that signs evidence, and print its fingerprint. Replaces nothing
    Keygen {
        /// Where to write it; its public half is written beside it (.pub) [default: the data directory's evidence-key.pem]
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

/// What is exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The last run.
    Last,
    /// A run.
    Run(RunId),
    /// A site.
    Site(Site),
    /// The beginning of a finding's id.
    Finding(String),
}

fn subject(text: &str) -> Result<Subject, String> {
    if text == "last" {
        return Ok(Subject::Last);
    }
    if let Ok(run) = text.parse() {
        return Ok(Subject::Run(run));
    }
    if text.contains(['.', ':']) {
        let address = if text.contains("://") { text.to_owned() } else { format!("https://{text}/") };
        return Site::of_url(&address).map(Subject::Site).ok_or_else(|| format!("'{text}' is no site"));
    }
    let finding = finding_id(text).map(Subject::Finding);
    finding
        .map_err(|_| "give a run's id or 'last', a site such as example.com, or the beginning of a finding's id".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_exported_is_known_by_its_form() {
        let run = RunId::new();
        let site = Subject::Site(Site::of_host("example.com").unwrap());
        assert_eq!(subject("last"), Ok(Subject::Last));
        assert_eq!(subject(&run.to_string()), Ok(Subject::Run(run)));
        assert_eq!(subject("example.com"), Ok(site.clone()));
        for other in ["www.example.com", "https://example.com/contact"] {
            assert_eq!(subject(other), Ok(site.clone()), "evidence is kept by site");
        }
        assert_eq!(subject("0F1C2a3b-4d5e"), Ok(Subject::Finding("0f1c2a3b-4d5e".to_owned())));
        for wrong in ["", "first", "abc", "example .com"] {
            assert!(subject(wrong).is_err(), "{wrong}");
        }
    }
}
