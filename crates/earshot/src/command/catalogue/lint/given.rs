//! The catalogue files that somebody named.

use std::{
    collections::HashSet,
    fs, io,
    path::{Path, PathBuf},
};

/// A catalogue file that somebody named, or that lies in a folder which somebody named.
pub(super) struct Given {
    /// As it was named.
    pub(super) path: String,
    /// Its own name: `ID.md`.
    pub(super) name: String,
    /// What stands in it.
    pub(super) text: String,
}

/// Each file once, and each `.md` file of each folder; and a line for each that cannot be read.
pub(super) fn read(paths: &[PathBuf]) -> (Vec<Given>, Vec<String>) {
    let (mut given, mut unread, mut met) = (Vec::new(), Vec::new(), HashSet::new());
    let files = paths.iter().flat_map(|path| {
        let inside =
            if path.is_dir() { inside(path).map_err(|error| (path.clone(), error)) } else { Ok(vec![path.clone()]) };
        match inside {
            Ok(files) => files.into_iter().map(Ok).collect(),
            Err(error) => vec![Err(error)],
        }
    });
    for file in files {
        let read = file.and_then(|path| match fs::read_to_string(&path) {
            Ok(text) => Ok((path, text)),
            Err(error) => Err((path, error)),
        });
        match read {
            Ok((path, text)) => {
                if met.insert(path.canonicalize().unwrap_or_else(|_| path.clone())) {
                    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
                    given.push(Given { path: path.display().to_string(), name, text });
                }
            }
            Err((path, error)) => unread.push(format!("{}: cannot be read: {error}", path.display())),
        }
    }
    (given, unread)
}

/// The entries in a folder, by name.
fn inside(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut inside = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    inside.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    inside.sort();
    Ok(inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_read_by_name_and_what_is_no_entry_is_passed_over() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["b.md", "a.md", "README.txt"] {
            fs::write(dir.path().join(name), "x").unwrap();
        }
        let (given, unread) = read(&[dir.path().to_owned(), dir.path().join("./a.md")]);
        assert_eq!(given.iter().map(|given| given.name.as_str()).collect::<Vec<_>>(), ["a.md", "b.md"], "each once");
        assert!(given[0].path.starts_with(dir.path().to_str().unwrap()), "{}", given[0].path);
        assert_eq!(unread, Vec::<String>::new());
    }

    #[test]
    fn a_file_that_cannot_be_read_does_not_keep_the_others_from_being_read() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a.md"), b"\xff\xfe").unwrap();
        fs::create_dir(dir.path().join("b.md")).unwrap();
        fs::write(dir.path().join("c.md"), "x").unwrap();
        let (given, unread) = read(&[dir.path().to_owned(), dir.path().join("none.md")]);
        assert_eq!(given.iter().map(|given| given.name.as_str()).collect::<Vec<_>>(), ["c.md"]);
        assert_eq!(unread.len(), 3, "{unread:#?}");
        for (line, name) in unread.iter().zip(["a.md", "b.md", "none.md"]) {
            assert!(line.contains(&format!("{name}: cannot be read: ")), "{line}");
        }
    }
}
