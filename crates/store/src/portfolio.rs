//! Portfolios: what is imported, what they hold, and how a run gets their targets.

use clickhouse::{Row, query::Query};
use earshot_model::{PageUrl, RunId, Target};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use crate::{Rows, Store, StoreError, named};

/// How long an import may be under way. What an older one has left without having ended is deleted.
const ABANDONED_AFTER_MS: u64 = 24 * 60 * 60 * 1000;
/// How often the targets are copied anew because the portfolio has changed in the meantime.
const COPIES: usize = 5;

/// A target of a portfolio, with what is known of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Row, Serialize, Deserialize)]
pub struct MemberRow {
    /// Where a crawl is to start.
    pub start: String,
    /// Where it stands in what was imported, from 1; 0 if it was taken over from the import before.
    pub line: u64,
    /// Whether the address was written with its scheme.
    pub scheme_given: bool,
    /// Whether just this page is meant.
    pub only_this_page: bool,
    /// Registrable domain.
    pub site: String,
    /// Whose it is; empty if nobody says, as all that follow.
    pub owner: String,
    /// What they do.
    pub sector: String,
    /// Where they are.
    pub country: String,
    /// `health`, `financial`, `government` or `none`.
    pub sensitive: String,
    /// Sessions in a month; 0 if nobody says.
    pub monthly_sessions: u64,
    /// Further columns.
    pub tags: Vec<(String, String)>,
}

/// What a portfolio is since an import.
#[derive(Clone, Debug, PartialEq, Eq, Row, Serialize, Deserialize)]
pub struct ImportRow {
    /// The portfolio.
    pub portfolio: String,
    /// The import; empty where the portfolio was removed.
    pub batch: String,
    /// `replace`, `add` or `remove`.
    pub mode: String,
    /// Where it came from.
    pub source: String,
    /// How many targets the portfolio has since then.
    pub targets: u64,
    /// How many lines repeated another one.
    pub duplicates: u64,
    /// How many lines could not be read.
    pub bad_lines: u64,
    /// When it was whole: microseconds since 1970, UTC.
    pub imported_at: i64,
}

/// What a portfolio says of a site.
#[derive(Clone, Debug, PartialEq, Eq, Row, Serialize, Deserialize)]
pub struct SiteNote {
    /// Registrable domain.
    pub site: String,
    /// Sessions in a month; 0 if it does not say.
    pub sessions: u64,
    /// `health`, `financial`, `government` or `none`; empty if it does not say.
    pub about: String,
}

/// Some targets of a portfolio.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// The portfolio.
    pub portfolio: String,
    /// Name and value of columns that a target must have, all of them: `owner`, `sector`, `country`, `sensitive` or a
    /// further column.
    pub tags: Vec<(String, String)>,
}

/// Targets that are on their way into a portfolio. Nothing of it counts before [`Import::end`].
pub struct Import<'a> {
    store: &'a Store,
    portfolio: String,
    batch: String,
    written: u64,
}

/// One row of `portfolios`.
#[derive(Row, Serialize)]
struct Written<'a> {
    portfolio: &'a str,
    batch: &'a str,
    start: &'a str,
    line: u64,
    scheme_given: bool,
    only_this_page: bool,
    site: &'a str,
    owner: &'a str,
    sector: &'a str,
    country: &'a str,
    sensitive: &'a str,
    monthly_sessions: u64,
    tags: &'a [(String, String)],
}

#[derive(Row, Deserialize)]
struct Chosen {
    chosen: u64,
    copied: u64,
}

/// The name of a portfolio.
///
/// # Errors
/// Says what a name is.
pub fn portfolio_name(text: &str) -> Result<String, String> {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    match text.len() <= 64 && text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.chars().all(good) {
        true => Ok(text.to_owned()),
        false => Err(format!("'{text}' is no name of a portfolio: 1 to 64 letters, digits, - _ and .")),
    }
}

impl MemberRow {
    /// A target of which nothing else is known.
    #[must_use]
    pub fn new(line: u64, target: &Target) -> Self {
        Self {
            start: target.start.to_string(),
            line,
            scheme_given: target.scheme_given,
            only_this_page: target.only_this_page,
            site: target.site().to_string(),
            ..Self::default()
        }
    }

    /// The target.
    ///
    /// # Errors
    /// [`StoreError::Row`] if it is none.
    pub fn target(&self) -> Result<Target, StoreError> {
        let start = PageUrl::parse(&self.start).map_err(StoreError::row("portfolios"))?;
        Ok(Target { start, scheme_given: self.scheme_given, only_this_page: self.only_this_page })
    }
}

impl ImportRow {
    /// When it was whole.
    #[must_use]
    pub fn imported_at(&self) -> Timestamp {
        Timestamp::from_microsecond(self.imported_at).unwrap_or_default()
    }
}

impl Import<'_> {
    /// Writes some targets.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn add(&mut self, members: &[MemberRow]) -> Result<(), StoreError> {
        let failed = || StoreError::during("insert into portfolios");
        let mut insert = self.store.client().insert::<Written<'_>>("portfolios").await.map_err(failed())?;
        for member in members {
            let row = Written {
                portfolio: &self.portfolio,
                batch: &self.batch,
                start: &member.start,
                line: member.line,
                scheme_given: member.scheme_given,
                only_this_page: member.only_this_page,
                site: &member.site,
                owner: &member.owner,
                sector: &member.sector,
                country: &member.country,
                sensitive: &member.sensitive,
                monthly_sessions: member.monthly_sessions,
                tags: &member.tags,
            };
            insert.write(&row).await.map_err(failed())?;
        }
        insert.end().await.map_err(failed())?;
        self.written += members.len() as u64;
        Ok(())
    }

    /// Makes what was written the portfolio, or with `add` a part of it, by one row; then clears away what no longer
    /// counts.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`]; the portfolio is what it was then.
    pub async fn end(self, source: &str, bad_lines: u64, add: bool) -> Result<ImportRow, StoreError> {
        let own = self.size().await?;
        if add {
            self.query(named::PORTFOLIO_INHERIT).execute().await.map_err(StoreError::during("add to portfolios"))?;
        }
        let row = ImportRow {
            mode: if add { "add" } else { "replace" }.to_owned(),
            source: source.to_owned(),
            targets: if add { self.size().await? } else { own },
            duplicates: self.written.saturating_sub(own),
            bad_lines,
            imported_at: Timestamp::now().as_microsecond(),
            portfolio: self.portfolio,
            batch: self.batch,
        };
        self.store.put_import(&row).await?;
        Ok(row)
    }

    async fn size(&self) -> Result<u64, StoreError> {
        self.query(named::PORTFOLIO_SIZE).fetch_one().await.map_err(StoreError::during("query portfolio_size"))
    }

    fn query(&self, text: &str) -> Query {
        self.store.client().query(text).param("portfolio", &self.portfolio).param("batch", &self.batch)
    }
}

impl Store {
    /// Begins an import into the portfolio of that name, which need not exist.
    #[must_use]
    pub fn import(&self, portfolio: &str) -> Import<'_> {
        Import { store: self, portfolio: portfolio.to_owned(), batch: Ulid::generate().to_string(), written: 0 }
    }

    /// Removes a portfolio. Runs over it keep their targets.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`], as for all that follow.
    pub async fn remove_portfolio(&self, portfolio: &str) -> Result<(), StoreError> {
        let row = ImportRow {
            portfolio: portfolio.to_owned(),
            batch: String::new(),
            mode: "remove".to_owned(),
            source: String::new(),
            targets: 0,
            duplicates: 0,
            bad_lines: 0,
            imported_at: Timestamp::now().as_microsecond(),
        };
        self.put_import(&row).await
    }

    async fn put_import(&self, row: &ImportRow) -> Result<(), StoreError> {
        self.insert("portfolio_imports", "insert into portfolio_imports", vec![row.clone()]).await?;
        let day_ago = u64::try_from(Timestamp::now().as_millisecond()).unwrap_or(0).saturating_sub(ABANDONED_AFTER_MS);
        let sweep = self.client().query(named::PORTFOLIO_SWEEP).param("portfolio", &row.portfolio);
        let sweep = sweep.param("abandoned", Ulid::from_parts(day_ago, 0).to_string());
        if let Err(error) = sweep.execute().await.map_err(StoreError::during("clear portfolios")) {
            // The next import does it.
            tracing::warn!(portfolio = row.portfolio, %error, "what no longer counts was not cleared away");
        }
        Ok(())
    }

    /// All portfolios, by name.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn portfolios(&self) -> Result<Vec<ImportRow>, StoreError> {
        self.rows("query portfolio_list", self.client().query(named::PORTFOLIO_LIST))?.all().await
    }

    /// One of them; `None` if there is none of that name.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn portfolio(&self, name: &str) -> Result<Option<ImportRow>, StoreError> {
        Ok(self.portfolios().await?.into_iter().find(|row| row.portfolio == name))
    }

    /// The targets that are chosen, by address.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn members(&self, selection: &Selection) -> Result<Rows<MemberRow>, StoreError> {
        self.rows("query portfolio_members", self.choose(named::PORTFOLIO_MEMBERS, selection))
    }

    /// The names of the further columns of the targets that are chosen.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn tag_names(&self, selection: &Selection) -> Result<Vec<String>, StoreError> {
        let names = self.choose(named::PORTFOLIO_TAGS, selection).fetch_all();
        names.await.map_err(StoreError::during("query portfolio_tags"))
    }

    /// Copies what is chosen into the targets of a run, inside the store, and tells how many there are. To be called
    /// before the run is written; what an earlier call has left is put right.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`]; [`StoreError::Moving`] if the portfolio does not stand still.
    pub async fn copy_targets(&self, run: RunId, selection: &Selection) -> Result<u64, StoreError> {
        let choose = |query: &'static str| self.choose(query, selection).param("run", run.to_string());
        for _ in 0..COPIES {
            choose(named::PORTFOLIO_COPY).execute().await.map_err(StoreError::during("copy targets"))?;
            let chosen = choose(named::PORTFOLIO_CHOSEN);
            let count: Chosen = chosen.fetch_one().await.map_err(StoreError::during("query portfolio_chosen"))?;
            if count.chosen == count.copied {
                return Ok(count.copied);
            }
            choose(named::PORTFOLIO_PRUNE).execute().await.map_err(StoreError::during("prune targets"))?;
        }
        Err(StoreError::Moving { portfolio: selection.portfolio.clone() })
    }

    /// What a portfolio says of the sites that a run has visited.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn site_notes(&self, portfolio: &str, run: RunId) -> Result<Vec<SiteNote>, StoreError> {
        self.site_notes_of(portfolio, run, "").await
    }

    /// The same of one site.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn site_notes_of(&self, portfolio: &str, run: RunId, site: &str) -> Result<Vec<SiteNote>, StoreError> {
        let query = self.about(named::PORTFOLIO_SITES, run).param("portfolio", portfolio).param("site", site);
        self.rows("query portfolio_sites", query)?.all().await
    }

    fn choose(&self, query: &str, selection: &Selection) -> Query {
        let (keys, values): (Vec<_>, Vec<_>) = selection.tags.iter().cloned().unzip();
        let query = self.client().query(query).param("portfolio", &selection.portfolio);
        query.param("keys", keys).param("values", values)
    }
}
