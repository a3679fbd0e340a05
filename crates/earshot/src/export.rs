//! What is handed out for research: files of rows, what they mean, how they came about, and by what they are checked.
//!
//! Sheets are streamed into files of another name first. `manifest.json` is written last: a directory without one is no
//! export, whatever lies in it.

mod file;
mod manifest;
mod package;
mod words;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use earshot_store::{ColumnNote, Exported, Sheet, Store};

pub use self::manifest::{FileNote, Manifest};
use self::{file::Target, manifest::MANIFEST};
use crate::{cli::SheetFormat, terminal};

/// What is to be exported, and where to.
pub struct Plan {
    /// The directory.
    pub dir: PathBuf,
    /// Which runs.
    pub scope: Exported,
    /// Which sheets.
    pub sheets: Vec<&'static Sheet>,
    /// How they are written.
    pub format: SheetFormat,
    /// Whether the directory may hold something.
    pub force: bool,
    /// Whether nothing is said of how far it is.
    pub quiet: bool,
}

/// A sheet that was written.
struct Written {
    sheet: &'static Sheet,
    file: FileNote,
    columns: Vec<ColumnNote>,
}

impl Plan {
    /// Whether it can be carried out, as far as that can be known without the store.
    ///
    /// # Errors
    /// Nights that end before they begin; a directory that holds something, or is none.
    pub fn check(&self) -> Result<()> {
        if let (Some(since), Some(until)) = (self.scope.since, self.scope.until)
            && since > until
        {
            bail!("--since {since} is later than --until {until}");
        }
        let dir = self.dir.display();
        match fs::read_dir(&self.dir).map(|mut entries| entries.next().is_some()) {
            Ok(true) if !self.force => bail!("{dir} is not empty; name another directory, or give --force"),
            Ok(_) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error).with_context(|| format!("cannot write into {dir}")),
        }
    }

    fn file_name(&self, sheet: &Sheet) -> String {
        let ending = match self.format {
            SheetFormat::Parquet => "parquet",
            SheetFormat::Csv => "csv",
        };
        format!("{}.{ending}", sheet.name)
    }

    fn clickhouse_format(&self) -> &'static str {
        match self.format {
            SheetFormat::Parquet => "Parquet",
            SheetFormat::Csv => "CSVWithNames",
        }
    }
}

/// Writes all of it; `None` if no run is meant, and then nothing.
///
/// # Errors
/// A store that cannot be asked, a directory that cannot be written, runs that were judged anew meanwhile.
pub async fn write(store: &Store, plan: &Plan) -> Result<Option<Manifest>> {
    let runs = store.provenance(&plan.scope).await?;
    if runs.is_empty() {
        return Ok(None);
    }
    fs::create_dir_all(&plan.dir).with_context(|| format!("cannot make {}", plan.dir.display()))?;
    // What an earlier export left is none any more from here on.
    remove(&plan.dir.join(MANIFEST))?;
    let dictionary = store.dictionary().await?;
    let mut sheets = Vec::new();
    for sheet in &plan.sheets {
        let columns = store.sheet_columns(sheet, &dictionary).await?;
        sheets.push(Written { sheet, file: stream(store, plan, sheet).await?, columns });
    }
    if store.provenance(&plan.scope).await? != runs {
        bail!("runs were completed or judged anew meanwhile, so the files do not belong together; export once more");
    }
    let mut manifest = Manifest::new(plan, runs, store.schema_version().await?);
    manifest.files = sheets.iter().map(|written| written.file.clone()).collect();
    let texts = [
        ("README.md", words::readme(&manifest, &sheets)?),
        ("METHOD.md", words::method(&manifest)?),
        ("dictionary.csv", package::dictionary(&sheets)?),
        ("datapackage.json", package::package(&manifest, &sheets)?),
    ];
    for (name, text) in texts {
        manifest.files.push(put(&plan.dir, name, &text)?);
    }
    put(&plan.dir, MANIFEST, &manifest.text()?)?;
    Ok(Some(manifest))
}

async fn stream(store: &Store, plan: &Plan, sheet: &'static Sheet) -> Result<FileNote> {
    let name = plan.file_name(sheet);
    let bar = terminal::progress(plan.quiet, None);
    let mut target = Target::new(&plan.dir, &name)?;
    let mut answer = store.sheet(sheet, &plan.scope, plan.clickhouse_format())?;
    while let Some(bytes) = answer.next().await.with_context(|| format!("the sheet {}", sheet.name))? {
        target.write(&bytes)?;
        bar.set_message(format!("{name}: {}", bytesize::ByteSize(target.length())));
        bar.tick();
    }
    bar.finish_and_clear();
    let rows = store.sheet_rows(sheet, &plan.scope).await?;
    let note = FileNote { rows: Some(rows), query: Some(sheet.query()), ..target.finish()? };
    if !plan.quiet {
        eprintln!("{name}: {rows} rows, {}", bytesize::ByteSize(note.bytes));
    }
    Ok(note)
}

fn put(dir: &Path, name: &str, text: &str) -> Result<FileNote> {
    let mut target = Target::new(dir, name)?;
    target.write(text.as_bytes())?;
    target.finish()
}

fn remove(file: &Path) -> Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot replace {}", file.display()))
        }
        _ => Ok(()),
    }
}
