//! `earshot catalogue`: what is known about trackers.

mod guide;
mod lint;
mod vendor;

use anyhow::{Result, bail};
use earshot_detect::{Catalogue, Category, Vendor};
use serde_json::{Value, json};

use crate::{
    cli::{self, CatalogueCommand, CatalogueFormat, GuideFormat},
    exit::Exit,
    terminal,
};

/// How many names near an unknown one are told.
const NEAR: usize = 3;
/// How alike two names are at least to be near, from 0 to 1: typing errors are above, other names below.
const ALIKE: f64 = 0.8;

pub(super) fn run(catalogue: &cli::Catalogue) -> Result<Exit> {
    match &catalogue.command {
        CatalogueCommand::List { category, format } => list(*category, *format),
        CatalogueCommand::Show { id, format } => show(id, *format),
        CatalogueCommand::Lint { paths } => lint::run(paths),
    }
}

/// `earshot guide`: the guide alone.
pub(super) fn guide(command: &cli::Guide) -> Result<Exit> {
    let catalogue = Catalogue::built_in()?;
    let vendor = named(&catalogue, &command.vendor)?;
    terminal::print(&match command.format {
        GuideFormat::Text => guide::page(vendor),
        GuideFormat::Markdown => guide::markdown(vendor),
        GuideFormat::Json => serde_json::to_string_pretty(&guide::json(vendor))? + "\n",
    })?;
    Ok(Exit::Done)
}

fn list(category: Option<Category>, format: CatalogueFormat) -> Result<Exit> {
    let catalogue = Catalogue::built_in()?;
    let vendors = catalogue.vendors().iter();
    let vendors: Vec<_> = vendors.filter(|vendor| category.is_none_or(|only| only == vendor.category)).collect();
    terminal::print(&match format {
        CatalogueFormat::Text => table(&vendors),
        CatalogueFormat::Json => serde_json::to_string_pretty(&vendors.iter().map(brief).collect::<Vec<_>>())? + "\n",
        CatalogueFormat::Csv => csv(&vendors)?,
    })?;
    Ok(Exit::Done)
}

fn table(vendors: &[&Vendor]) -> String {
    let mut table = terminal::table(false);
    table.set_header(["ID", "NAME", "CATEGORY", "EXPOSURE", "CONFIDENCE", "HOSTS", "GUIDE"]);
    for vendor in vendors {
        table.add_row(row(vendor));
    }
    format!("{table}\n")
}

fn csv(vendors: &[&Vendor]) -> Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["id", "name", "category", "exposure", "confidence", "hosts", "guide"])?;
    for vendor in vendors {
        writer.write_record(row(vendor))?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

fn row(vendor: &Vendor) -> [String; 7] {
    [
        vendor.id.clone(),
        vendor.name.clone(),
        vendor.category.as_str().to_owned(),
        vendor.exposure.as_str().to_owned(),
        vendor::name_of(&vendor.confidence),
        vendor.hosts.len().to_string(),
        guide::state(vendor).to_owned(),
    ]
}

fn brief(vendor: &&Vendor) -> Value {
    json!({
        "id": vendor.id,
        "name": vendor.name,
        "category": vendor.category.as_str(),
        "exposure": vendor.exposure.as_str(),
        "confidence": vendor.confidence,
        "hosts": vendor.hosts.len(),
        "guide": guide::state(vendor),
    })
}

fn show(id: &str, format: GuideFormat) -> Result<Exit> {
    let catalogue = Catalogue::built_in()?;
    let vendor = named(&catalogue, id)?;
    terminal::print(&match format {
        GuideFormat::Text => vendor::text(vendor),
        GuideFormat::Markdown => vendor::markdown(vendor),
        GuideFormat::Json => serde_json::to_string_pretty(&vendor::json(vendor))? + "\n",
    })?;
    Ok(Exit::Done)
}

/// The vendor with that id, or an error that tells which ids look like it.
fn named<'c>(catalogue: &'c Catalogue, id: &str) -> Result<&'c Vendor> {
    if let Some(vendor) = catalogue.get(id) {
        return Ok(vendor);
    }
    match near(catalogue, id) {
        near if near.is_empty() => {
            bail!("there is no vendor '{id}' in the catalogue; `earshot catalogue list` names all")
        }
        near => bail!("there is no vendor '{id}' in the catalogue; did you mean {}?", near.join(", ")),
    }
}

/// Ids that hold what was typed, or look like it.
fn near<'c>(catalogue: &'c Catalogue, typed: &str) -> Vec<&'c str> {
    let typed = typed.to_lowercase();
    let likeness = |vendor: &Vendor| {
        let name = vendor.name.to_lowercase();
        let names = [vendor.id.as_str(), &name].into_iter().chain(vendor.id.split('-'));
        let held = typed.len() > 2 && (vendor.id.contains(&typed) || name.contains(&typed));
        if held { 1.0 } else { names.map(|name| strsim::jaro_winkler(name, &typed)).fold(0.0, f64::max) }
    };
    let mut found: Vec<_> = catalogue.vendors().iter().map(|vendor| (likeness(vendor), vendor.id.as_str())).collect();
    found.retain(|(likeness, _)| *likeness >= ALIKE);
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.into_iter().take(NEAR).map(|(_, id)| id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_nearly_right_is_recognised() {
        let catalogue = Catalogue::built_in().unwrap();
        for (typed, meant) in [
            ("clarity", "microsoft-clarity"),
            ("hotjr", "hotjar"),
            ("Microsoft Clarity", "microsoft-clarity"),
            ("meta_pixel", "meta-pixel"),
        ] {
            let near = near(&catalogue, typed);
            assert_eq!(near.first(), Some(&meant), "{typed}: {near:?}");
        }
        assert_eq!(near(&catalogue, "zzzzzz"), Vec::<&str>::new());
    }
}
