//! Fills a store with made-up nights, for dashboards and benches:
//!
//! ```text
//! cargo run --example store-fill -- --url http://127.0.0.1:8123 --sites 2000 --nights 14 --seed 1
//! ```

use clap::Parser;
use earshot_corpus::Corpus;
use earshot_model::Profile;
use earshot_store::{Store, StoreConfig};

#[derive(Parser)]
struct Args {
    /// Where ClickHouse, or the embedded engine, listens
    #[arg(long)]
    url: String,
    /// Its user
    #[arg(long, default_value = "default")]
    user: String,
    /// The user's password
    #[arg(long, default_value = "", env = "EARSHOT_CLICKHOUSE_PASSWORD")]
    password: String,
    /// The database; brought up to date first
    #[arg(long, default_value = StoreConfig::DATABASE)]
    database: String,
    /// Name of the portfolio
    #[arg(long, default_value = "made-up")]
    portfolio: String,
    /// How many sites
    #[arg(long, default_value_t = 2000)]
    sites: usize,
    /// How many nights, up to --until
    #[arg(long, default_value_t = 14)]
    nights: u32,
    /// The last night
    #[arg(long, default_value = "2026-11-27")]
    until: jiff::civil::Date,
    /// How many pages of each site, at most 5
    #[arg(long, default_value_t = 1)]
    pages: u32,
    /// How they are visited
    #[arg(long, value_delimiter = ',', default_value = "untouched,reject,accept,gpc")]
    profiles: Vec<Profile>,
    /// How many events a visit has, about; 250 is what one of the web has
    #[arg(long, default_value_t = 250)]
    events: u32,
    /// How many sites are made and sent; further ones are copies of them, made within the store
    #[arg(long, default_value_t = 250)]
    copy: usize,
    /// Everything follows from it
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args = Args::parse();
    let (url, database, user, password) = (args.url, args.database, args.user, args.password);
    let store = Store::connect(StoreConfig { url, database, user, password });
    store.migrate().await?;
    let corpus = Corpus {
        seed: args.seed,
        portfolio: args.portfolio,
        sites: args.sites,
        nights: args.nights,
        until: args.until,
        pages: args.pages,
        profiles: args.profiles,
        events: args.events,
        copy: args.copy,
    };
    let filled = corpus.fill(&store).await?;
    println!(
        "{} sites, {} nights: sent in {:.1?}, copied in {:.1?}, rolled up in {:.1?}",
        filled.sites,
        filled.nights,
        filled.sent,
        filled.copied,
        filled.rolled.iter().sum::<std::time::Duration>()
    );
    Ok(())
}
