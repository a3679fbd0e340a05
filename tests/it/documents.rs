//! What the documents tell people to type is what the program takes.

use std::path::{Path, PathBuf};

use clap::Parser as _;
use earshot::cli::Cli;

/// A run's id in the documents ends in an ellipsis; this one is whole.
const A_RUN: &str = "01JCXA2B3C4D5E6F7G8H9J0K1M";

#[test]
fn every_command_in_the_documents_is_one() {
    let mut documents = vec![root().join("README.md")];
    for entry in std::fs::read_dir(root().join("docs")).unwrap() {
        let path = entry.unwrap().path();
        documents.extend(path.extension().is_some_and(|extension| extension == "md").then_some(path));
    }
    let mut seen = 0;
    for document in documents {
        for command in commands(&std::fs::read_to_string(&document).unwrap()) {
            seen += 1;
            if let Err(error) = Cli::try_parse_from(&command) {
                panic!("{}: {command:?}\n{error}", document.display());
            }
        }
    }
    assert!(seen > 100, "only {seen} commands were found");
}

#[test]
fn contributors_are_told_what_make_can_do() {
    let read = |name: &str| std::fs::read_to_string(root().join(name)).unwrap();
    let (makefile, contributing) = (read("Makefile"), read("CONTRIBUTING.md"));
    let targets = makefile.lines().filter_map(|line| {
        let (target, does) = line.split_once("## ")?;
        let target = target.split_once(':').filter(|(name, _)| !name.contains([' ', '\t', '@', '#']))?.0;
        Some((target, does.trim()))
    });
    let mut told = 0;
    for (target, does) in targets {
        let is_told =
            |line: &str| line.split_once(' ').is_some_and(|(name, says)| name == target && says.trim() == does);
        assert!(contributing.lines().any(is_told), "CONTRIBUTING.md lacks this line of `make help`: {target} {does}");
        told += 1;
    }
    assert!(told > 10, "only {told} targets were found");
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every command line of ours in the fenced blocks of a document, as the shell would hand it over.
pub fn commands(markdown: &str) -> Vec<Vec<String>> {
    // Within a fence: whether it holds commands.
    let (mut found, mut fence, mut open) = (Vec::new(), None, String::new());
    for line in markdown.lines() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            fence = if fence.is_some() { None } else { Some(["", "sh", "text"].contains(&language)) };
            continue;
        }
        let line = line.trim();
        if fence != Some(true) || (open.is_empty() && !line.starts_with("earshot ")) {
            continue;
        }
        open.push_str(line);
        // A question in quotes may take several lines.
        match words(&open) {
            Some(words) => {
                found.push(words);
                open.clear();
            }
            None => open.push(' '),
        }
    }
    found
}

/// The words up to a comment (after two spaces, or #) or to what the shell does itself; `None` while a quote is open.
fn words(line: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut quote, mut spaces) = (Vec::new(), String::new(), None, 0);
    for c in line.chars() {
        match (c, quote) {
            (c, Some(q)) if c == q => quote = None,
            (c, Some(_)) => word.push(c),
            ('"' | '\'', None) => quote = Some(c),
            ('#' | '>' | '<' | '|' | ';' | '&', None) => break,
            (' ', None) => {
                spaces += 1;
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                if spaces > 1 {
                    break;
                }
                continue;
            }
            (c, None) => word.push(c),
        }
        spaces = 0;
    }
    if quote.is_some() {
        return None;
    }
    words.extend((!word.is_empty()).then_some(word));
    let whole = |word: String| if word.starts_with("01J") && word.ends_with('…') { A_RUN.to_owned() } else { word };
    Some(words.into_iter().map(whole).collect())
}

#[test]
fn a_line_is_read_as_the_shell_reads_it() {
    let read = |line: &str| words(line).map(|words| words.join("|"));
    assert_eq!(read("earshot diff 01JCX…    what changed").unwrap(), format!("earshot|diff|{A_RUN}"));
    assert_eq!(read("earshot sql \"SELECT 'a  b'\" > x").unwrap(), "earshot|sql|SELECT 'a  b'");
    assert_eq!(read("earshot sql \"SELECT"), None);
}
