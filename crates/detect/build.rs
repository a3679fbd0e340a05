//! Lists the files of `catalogue/`, so that adding a tracker is adding a file.
//!
//! A macro that embeds a folder would not notice a new file; a build script that watches the folder does.

use std::{env, error::Error, fmt::Write as _, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("catalogue");
    println!("cargo:rerun-if-changed={}", folder.display());
    let mut files: Vec<_> = fs::read_dir(&folder)?.collect::<Result<Vec<_>, _>>()?;
    files.sort_by_key(fs::DirEntry::file_name);

    let mut list = String::from("&[\n");
    for file in files.iter().filter(|file| file.path().extension().is_some_and(|extension| extension == "md")) {
        writeln!(list, "    ({:?}, include_str!({:?})),", file.file_name(), file.path())?;
    }
    list.push_str("]\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("catalogue.rs"), list)?;
    Ok(())
}
