//! `earshot catalogue lint`: what is wrong with catalogue files.

mod given;

use std::path::PathBuf;

use anyhow::{Result, bail};
use earshot_detect::{Catalogue, DetectError};
use earshot_report::words;

use self::given::Given;
use crate::{exit::Exit, terminal};

/// What stands before the front matter: the line of `+++`.
const LINES_BEFORE: usize = 1;

/// Problems go to stdout, one a line; how many there are to stderr.
pub(super) fn run(paths: &[PathBuf]) -> Result<Exit> {
    let (count, problems) = if paths.is_empty() {
        let problems = Catalogue::lint_built_in().iter().map(|problem| line(problem, &[])).collect();
        (Catalogue::built_in().map_or(0, |catalogue| catalogue.vendors().len()), problems)
    } else {
        let (given, mut problems) = given::read(paths);
        if given.is_empty() && problems.is_empty() {
            bail!("no catalogue file there: an entry is a file named ID.md");
        }
        problems.extend(lint(&given));
        (given.len(), problems)
    };
    terminal::print(&problems.iter().map(|problem| format!("{problem}\n")).collect::<String>())?;
    if problems.is_empty() {
        eprintln!("{}, no problem", words::count(count, "catalogue file"));
        return Ok(Exit::Done);
    }
    eprintln!("{}", words::count(problems.len(), "problem"));
    Ok(Exit::Failed)
}

/// The problems of the given files beside those of this program: whether an address is a vendor's is only known where
/// all vendors are. A given file takes the place of the program's own of the same name.
fn lint(given: &[Given]) -> Vec<String> {
    let is_given = |name: &str| given.iter().any(|given| given.name == name);
    let built_in = Catalogue::files().iter().copied().filter(|(name, _)| !is_given(name));
    let problems =
        Catalogue::lint(given.iter().map(|given| (given.name.as_str(), given.text.as_str())).chain(built_in));
    problems.iter().filter(|problem| concerns(problem, given)).map(|problem| line(problem, given)).collect()
}

/// Whether it is a problem of one of the given files, or between one of them and one of the program's own.
fn concerns(problem: &DetectError, given: &[Given]) -> bool {
    let is_given = |name: &str| given.iter().any(|given| given.name == name);
    match problem {
        DetectError::OwnedTwice { file, owner, .. } => is_given(file) || is_given(&format!("{owner}.md")),
        DetectError::FrontMatter { file } | DetectError::Toml { file, .. } | DetectError::Field { file, .. } => {
            is_given(file)
        }
        DetectError::EmptyList { .. } | DetectError::UnknownPack { .. } => false,
    }
}

/// `file: field: problem`, in one line, the file as it was given.
fn line(problem: &DetectError, given: &[Given]) -> String {
    let of = |name: &str| given.iter().find(|given| given.name == name);
    let path = |name: &str| of(name).map_or_else(|| name.to_owned(), |given| given.path.clone());
    let text = match problem {
        DetectError::Toml { file, source } => {
            let place = of(file).zip(source.span()).map(|(given, span)| place(&given.text, span.start));
            format!("{}: front matter: {}{}", path(file), place.unwrap_or_default(), source.message())
        }
        DetectError::FrontMatter { file } => format!("{}: front matter: none between two lines of '+++'", path(file)),
        DetectError::Field { file, field, problem } => format!("{}: {field}: {problem}", path(file)),
        // Whichever of the two has it by the alphabet, it is the given one that is to be changed.
        DetectError::OwnedTwice { file, field, pattern, owner } if of(file).is_none() && !given.is_empty() => {
            let other = file.strip_suffix(".md").unwrap_or(file);
            format!("{}: {field}: '{pattern}' is already owned by {other}", path(&format!("{owner}.md")))
        }
        DetectError::OwnedTwice { file, field, pattern, owner } => {
            format!("{}: {field}: '{pattern}' is already owned by {owner}", path(file))
        }
        problem => problem.to_string(),
    };
    text.replace('\n', " ")
}

/// "line 3, column 1: ", as an editor counts them in the whole file.
fn place(text: &str, offset: usize) -> String {
    let front = text.split_once('\n').map_or("", |(_, front)| front);
    let before = front.get(..offset).unwrap_or(front);
    let line = before.matches('\n').count() + 1 + LINES_BEFORE;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("line {line}, column {column}: ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(name: &str, text: &str) -> Given {
        Given { path: format!("mine/{name}"), name: name.to_owned(), text: text.to_owned() }
    }

    /// An entry that claims these hosts.
    fn entry(id: &str, hosts: &str, example: &str) -> Given {
        let guide =
            "## What it hears\n\nAll.\n\n## Why it matters before consent\n\nIt does.\n\n## How to gate it\n\nSo.\n";
        let text = format!(
            "+++\nid = \"{id}\"\nname = \"A\"\ncompany = \"A\"\ncategory = \"analytics\"\nexposure = \"tracker\"\n\
             hosts = [{hosts}]\nconsent = \"c\"\ndocs = \"d\"\nconfidence = \"confirmed\"\nsources = [\"public code\"]\n\
             examples = [\"{example}\"]\nstrangers = [\"https://nobody.example/\"]\nhears = [\"page_views\"]\n+++\n\n{guide}"
        );
        given(&format!("{id}.md"), &text)
    }

    #[test]
    fn every_problem_is_one_line_with_path_and_field() {
        let lines = lint(&[given("a.md", "nothing"), given("b.md", "+++\nid = \"b\"\nname = 3\n+++\n")]);
        assert_eq!(lines.len(), 2, "{lines:#?}");
        assert!(lines[0].starts_with("mine/a.md: front matter: "), "{}", lines[0]);
        assert!(lines[1].starts_with("mine/b.md: front matter: line 3, column 8: "), "{}", lines[1]);
        assert!(lines.iter().all(|line| !line.contains('\n')));
    }

    #[test]
    fn places_are_counted_in_the_whole_file() {
        let text = "+++\na\n\n\nbé=\n+++\n";
        for (offset, line, column) in [(0, 2, 1), (2, 3, 1), (3, 4, 1), (7, 5, 3)] {
            assert_eq!(place(text, offset), format!("line {line}, column {column}: "), "{offset}");
        }
    }

    #[test]
    fn a_given_file_is_held_against_those_of_the_program() {
        for id in ["aaa", "zzz"] {
            let lines = lint(&[entry(id, "\"*.hotjar.com\"", "https://static.hotjar.com/x.js")]);
            let owned = format!("mine/{id}.md: hosts: '*.hotjar.com' is already owned by hotjar");
            assert!(lines.contains(&owned), "{lines:#?}");
            assert!(lines.iter().all(|line| line.starts_with(&format!("mine/{id}.md: "))), "{lines:#?}");
        }
        let own = |lines: Vec<String>| lines.into_iter().filter(|line| !line.contains(": guide: ")).collect::<Vec<_>>();
        let fresh = entry("acme", "\"*.acme.example\"", "https://t.acme.example/x.js");
        assert_eq!(own(lint(&[fresh])), Vec::<String>::new());
        // It takes the place of the program's own.
        let hotjar = entry("hotjar", "\"*.hotjar.com\"", "https://static.hotjar.com/x.js");
        assert_eq!(own(lint(&[hotjar])), Vec::<String>::new());
    }
}
