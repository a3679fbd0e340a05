//! `earshot catalogue lint`: what is wrong with catalogue files.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use earshot_detect::{Catalogue, DetectError};

use crate::{exit::Exit, terminal};

/// Problems go to stdout, one a line; how many there are to stderr.
pub(super) fn run(paths: &[PathBuf]) -> Result<Exit> {
    let (count, problems) = if paths.is_empty() {
        (Catalogue::built_in().map_or(0, |catalogue| catalogue.vendors().len()), Catalogue::lint_built_in())
    } else {
        let files = read(paths)?;
        (files.len(), Catalogue::lint(files.iter().map(|(name, text)| (name.as_str(), text.as_str()))))
    };
    let lines: String = problems.iter().map(|problem| line(problem) + "\n").collect();
    terminal::print(&lines)?;
    if problems.is_empty() {
        eprintln!("{count} catalogue file(s), no problem");
        return Ok(Exit::Done);
    }
    eprintln!("{} problem(s)", problems.len());
    Ok(Exit::Failed)
}

/// `file: field: problem`, in one line.
fn line(problem: &DetectError) -> String {
    match problem {
        // What toml says has the line, a picture of it and the message.
        DetectError::Toml { file, source } => {
            let place = source.to_string().lines().next().unwrap_or_default().to_owned();
            format!("{file}: front matter: {place}: {}", source.message().replace('\n', " "))
        }
        DetectError::FrontMatter { file } => format!("{file}: front matter: none between two lines of '+++'"),
        problem => problem.to_string().replace('\n', " "),
    }
}

/// Name and text of each file, and of each `.md` file of each folder.
fn read(paths: &[PathBuf]) -> Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let mut inside = Vec::new();
            for entry in std::fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))? {
                inside.push(entry.with_context(|| format!("cannot read {}", path.display()))?.path());
            }
            inside.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
            inside.sort();
            for path in inside {
                files.push(file(&path)?);
            }
        } else {
            files.push(file(path)?);
        }
    }
    if files.is_empty() {
        bail!("no catalogue file there: an entry is a file named ID.md");
    }
    Ok(files)
}

fn file(path: &Path) -> Result<(String, String)> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let name = path.file_name().unwrap_or(path.as_os_str());
    Ok((name.to_string_lossy().into_owned(), text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_is_one_line_with_file_and_field() {
        let files = [("a.md", "nothing"), ("b.md", "+++\nid = 3\n+++\n")];
        let lines: Vec<_> = Catalogue::lint(files).iter().map(line).collect();
        assert_eq!(lines.len(), 2);
        assert!(lines[0].starts_with("a.md: front matter: "), "{}", lines[0]);
        assert!(lines[1].starts_with("b.md: front matter: ") && lines[1].contains("line 1"), "{}", lines[1]);
        assert!(lines.iter().all(|line| !line.contains('\n')));
    }

    #[test]
    fn a_folder_is_read_by_name_and_what_is_no_entry_is_passed_over() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["b.md", "a.md", "README.txt"] {
            std::fs::write(dir.path().join(name), "x").unwrap();
        }
        let files = read(&[dir.path().to_owned()]).unwrap();
        assert_eq!(files.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["a.md", "b.md"]);
        assert!(read(&[dir.path().join("none.md")]).unwrap_err().to_string().contains("none.md"));
    }
}
