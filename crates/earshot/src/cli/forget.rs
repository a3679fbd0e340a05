//! `earshot forget`.

use clap::Args;
use earshot_model::Site;

use super::ListFormat;

/// `earshot forget`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  earshot forget example.com                       what is held of the site; nothing is deleted
  earshot forget example.com --yes                 delete it, evidence included
  earshot forget example.com --portfolios --yes    also from every portfolio")]
pub struct Forget {
    /// The site, by its domain; a host or URL of it will do
    #[arg(value_name = "SITE", value_parser = site)]
    pub site: Site,
    /// Delete; without this it is only said what there is
    #[arg(long)]
    pub yes: bool,
    /// Take it out of every portfolio too, so that it is not scanned again
    #[arg(long)]
    pub portfolios: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t = ListFormat::Text, value_name = "FORMAT")]
    pub format: ListFormat,
}

fn site(text: &str) -> Result<Site, String> {
    let address = if text.contains("://") { text.to_owned() } else { format!("https://{text}/") };
    Site::of_url(&address).ok_or_else(|| format!("'{text}' is no site"))
}
