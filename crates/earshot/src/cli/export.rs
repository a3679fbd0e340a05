//! `earshot export`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use earshot_model::RunId;
use earshot_store::Sheet;
use jiff::civil::Date;

/// `earshot export`.
///
/// Writes one file a sheet: sites, vendors, findings and so on, of runs that are complete; with them README.md, METHOD.md (how
/// pages were visited, what a finding is, what was not seen), a data dictionary (dictionary.csv, and datapackage.json as
/// https://datapackage.org has it) and manifest.json: the runs, the query behind each file, its rows and its SHA-256. The same
/// rows give the same bytes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  earshot export study/                                    all complete scans, as Parquet
  earshot export study/ --portfolio market --since 2026-11-01 --until 2026-11-30
  earshot export study/ --run 01JCX… --format csv
  earshot export study/ --sheets sites,vendors             aggregates only
  earshot export study/ --sheets all                       with events, which are many")]
pub struct Export {
    /// Where to; made if it is not there
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// Only runs of this portfolio
    #[arg(long, value_name = "NAME", value_parser = super::portfolio_name)]
    pub portfolio: Option<String>,
    /// Only this night and later ones (YYYY-MM-DD)
    #[arg(long, value_name = "DATE")]
    pub since: Option<Date>,
    /// Only this night and earlier ones (YYYY-MM-DD)
    #[arg(long, value_name = "DATE")]
    pub until: Option<Date>,
    /// Only this run
    #[arg(long, value_name = "RUN")]
    pub run: Option<RunId>,
    /// How the sheets are written
    #[arg(long, value_enum, default_value_t = SheetFormat::Parquet, value_name = "FORMAT")]
    pub format: SheetFormat,
    /// Which sheets, with commas between, or all [default: all but events]
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = sheet, alias = "tables")]
    pub sheets: Vec<SheetName>,
    /// Write into a directory that is not empty; files of the same names are replaced
    #[arg(long)]
    pub force: bool,
}

/// How sheets are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SheetFormat {
    /// Parquet, compressed
    Parquet,
    /// CSV with a header, in UTF-8; lists and maps as ClickHouse writes them
    Csv,
}

/// One sheet, or all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SheetName {
    /// All there are.
    All,
    /// This one.
    One(&'static Sheet),
}

impl Export {
    /// The sheets that are meant, in the order of [`Sheet::ALL`], each once.
    #[must_use]
    pub fn chosen(&self) -> Vec<&'static Sheet> {
        let named = |sheet: &Sheet| {
            self.sheets.iter().any(|name| match name {
                SheetName::All => true,
                SheetName::One(one) => *one == sheet,
            })
        };
        let usual = self.sheets.is_empty();
        Sheet::ALL.iter().filter(|sheet| if usual { sheet.usual } else { named(sheet) }).collect()
    }
}

fn sheet(text: &str) -> Result<SheetName, String> {
    if text == "all" {
        return Ok(SheetName::All);
    }
    Sheet::named(text).map(SheetName::One).ok_or_else(|| {
        let names: Vec<_> = Sheet::ALL.iter().map(|sheet| sheet.name).collect();
        format!("no such sheet; there are {} and all", names.join(", "))
    })
}
