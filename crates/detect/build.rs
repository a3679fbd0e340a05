//! Lists the files of `catalogue/`, so that adding a tracker is adding a file; and names the rule-set after all that decides what is
//! said of a visit.
//!
//! A macro that embeds a folder would not notice a new file; a build script that watches the folder does.

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

/// Bytes of the digest that are kept: enough to tell versions of one program apart.
const KEPT: usize = 6;

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let (catalogue, sources) = (root.join("catalogue"), root.join("src"));
    for watched in [&catalogue, &sources] {
        println!("cargo:rerun-if-changed={}", watched.display());
    }
    let files = files(&catalogue, "md")?;
    let mut list = String::from("&[\n");
    for file in &files {
        let name = file.file_name().unwrap_or_default();
        writeln!(list, "    ({name:?}, include_str!({file:?})),")?;
    }
    list.push_str("]\n");
    fs::write(out.join("catalogue.rs"), list)?;

    let mut digest = Sha256::new();
    for file in files.iter().chain(&self::files(&sources, "rs")?) {
        let text = fs::read(file)?;
        digest.update((text.len() as u64).to_le_bytes());
        digest.update(text);
    }
    let digest: String = digest.finalize().iter().take(KEPT).map(|byte| format!("{byte:02x}")).collect();
    println!("cargo:rustc-env=EARSHOT_RULESET={digest}");
    Ok(())
}

/// The files with that ending in a folder and those below, by name.
fn files(folder: &Path, extension: &str) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path, extension)?);
        } else if path.extension().is_some_and(|own| own == extension) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
