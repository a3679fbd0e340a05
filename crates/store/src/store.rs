//! The store: where rows are put and asked for.

use std::{collections::HashSet, path::Path};

use clickhouse::{Client, Compression, Row, RowOwned, RowRead, RowWrite, query::Query};
use earshot_model::{Crawl, PageKind, PageUrl, Run, RunId, Site, Target, VisitId};
use uuid::Uuid;

use crate::{
    AccountRow, Answer, BroughtRow, ChoiceRow, CoverageRow, EvidenceRow, ExposureRow, Findings, FingerprinterRow,
    GapRow, Judged, KeystrokeRow, ListenerRow, Progress, Rows, StateRow, StoreError, TypedRow, UnvisitedRow, VisitRow,
    cluster::Cluster,
    migrate, named,
    rows::{self, EventRow, EventRows, FindingRow, PlannedRow, RunRow, SeedRow, TargetRow},
    tls,
};

/// Where the store is.
#[derive(Clone, PartialEq, Eq)]
pub struct StoreConfig {
    /// `http://host:port` of ClickHouse; `https://` for [`Store::connect_over_tls`].
    pub url: String,
    /// The database; made by [`Store::migrate`].
    pub database: String,
    /// The user.
    pub user: String,
    /// Its password.
    pub password: String,
}

/// A connection to the store; cheap to clone.
#[derive(Clone)]
pub struct Store {
    client: Client,
    database: String,
    cluster: Option<Cluster>,
}

impl StoreConfig {
    /// The database's name where nobody gives another.
    pub const DATABASE: &str = "earshot";
}

impl Store {
    /// Takes the address; nothing is sent yet.
    #[must_use]
    pub fn connect(config: StoreConfig) -> Self {
        Self::over(Client::default(), config)
    }

    /// As [`Store::connect`], for an address that may be `https://`; `ca` names the CAs (PEM) that its certificate is held
    /// against, instead of the system's.
    ///
    /// # Errors
    /// [`StoreError::Ca`].
    pub fn connect_over_tls(config: StoreConfig, ca: Option<&Path>) -> Result<Self, StoreError> {
        // Reading the system's certificates takes a moment, and most stores are next door.
        if !config.url.starts_with("https://") {
            return Ok(Self::connect(config));
        }
        Ok(Self::over(tls::client(ca)?, config))
    }

    fn over(client: Client, config: StoreConfig) -> Self {
        let client = client
            .with_url(config.url)
            .with_database(&config.database)
            .with_user(config.user)
            .with_password(config.password)
            .with_compression(Compression::None)
            .with_product_info("earshot", env!("CARGO_PKG_VERSION"));
        Self { client, database: config.database, cluster: None }
    }

    /// The same store on a cluster, as `remote_servers` of ClickHouse calls it: tables are made on all of its nodes, sharded by site
    /// and replicated (docs/schema.md).
    #[must_use]
    pub fn on_cluster_of(self, name: &str) -> Self {
        self.on(Cluster { name: name.to_owned(), replicated: true })
    }

    /// The same store on a cluster of one engine that knows no Keeper: sharded tables, nothing replicated. For tests of
    /// the queries.
    #[must_use]
    pub fn on_cluster_without_keeper(self, name: &str) -> Self {
        self.on(Cluster { name: name.to_owned(), replicated: false })
    }

    fn on(self, cluster: Cluster) -> Self {
        Self { client: cluster.set_up(self.client), cluster: Some(cluster), ..self }
    }

    /// The table that holds the rows of `table`.
    pub(crate) fn stored(&self, table: &str) -> String {
        if self.cluster.is_some() { Cluster::stored(table) } else { table.to_owned() }
    }

    /// ` ON CLUSTER name`; empty where there is one server.
    pub(crate) fn on_cluster(&self) -> String {
        self.cluster.as_ref().map_or_else(String::new, Cluster::on_cluster)
    }

    /// Whether there are several servers.
    pub(crate) fn is_cluster(&self) -> bool {
        self.cluster.is_some()
    }

    /// Makes the database and its tables, or brings them up to date. May be called any number of times.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`], [`StoreError::MigrationChanged`], [`StoreError::TooNew`].
    pub async fn migrate(&self) -> Result<(), StoreError> {
        migrate::migrate(&self.client, &self.database, self.cluster.as_ref()).await
    }

    /// The statements by which [`Store::migrate`] makes all tables of a new database, in their order: for who wants to read them,
    /// or has to give them to somebody else.
    ///
    /// # Errors
    /// [`StoreError::NotForCluster`].
    pub fn statements(&self) -> Result<Vec<String>, StoreError> {
        migrate::all_statements(&self.database, self.cluster.as_ref())
    }

    /// The number of the last migration that was applied.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn schema_version(&self) -> Result<u32, StoreError> {
        let query = self.client.query(named::SCHEMA_VERSION);
        query.fetch_one().await.map_err(StoreError::during("query schema_version"))
    }

    /// Writes what a run is asked to scan; before the run itself, so that who sees the run sees all of it.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`], as for all that follow.
    pub async fn put_targets(&self, run: RunId, targets: &[Target]) -> Result<(), StoreError> {
        let rows = targets.iter().map(|target| TargetRow::new(run, target)).collect();
        self.insert("targets", "insert into targets", rows).await
    }

    /// Writes a run, or its new state.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`], as for all that follow.
    pub async fn put_run(&self, run: &Run) -> Result<(), StoreError> {
        self.insert("runs", "insert into runs", vec![RunRow::from(run)]).await
    }

    /// Writes what crawls found.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn put_crawls(&self, crawls: &[Crawl]) -> Result<(), StoreError> {
        self.insert("seeds", "insert into seeds", crawls.iter().map(SeedRow::from).collect()).await
    }

    /// Writes visits. Their rows in `visits` come last: who finds one there finds all that belongs to it. Writing a
    /// visit again replaces it whole, events that it had and has no more included.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`]. What was written until then does not count and does not harm: try again.
    pub async fn put_visits(&self, visits: &[Judged]) -> Result<(), StoreError> {
        let recording = Uuid::new_v4();
        let rows: Vec<EventRows<'_>> = visits.iter().map(|judged| EventRows::of(&judged.visit, recording)).collect();
        let events = self.insert_each::<EventRow<'_>>("events", "insert into events", events(&rows, visits));
        let gaps = visits.iter().flat_map(|judged| gaps(judged, recording)).collect();
        let gaps = self.insert("gaps", "insert into gaps", gaps);
        let findings = visits.iter().flat_map(|judged| findings(judged, recording)).collect();
        let findings = self.insert("findings", "insert into findings", findings);
        // They do not wait for each other; the visits wait for all of them.
        tokio::try_join!(events, gaps, findings)?;
        let visits = visits.iter().map(|judged| rows::VisitRow::new(judged, recording)).collect();
        self.insert("visits", "insert into visits", visits).await
    }

    /// The latest runs, newest first.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`]; [`StoreError::Row`] for a row that is no run.
    pub async fn runs(&self, limit: u64) -> Result<Vec<Run>, StoreError> {
        let query = self.client.query(named::RUNS).param("limit", limit);
        self.rows::<RunRow>("query runs", query)?.all().await?.into_iter().map(Run::try_from).collect()
    }

    /// One run.
    ///
    /// # Errors
    /// As [`Store::runs`].
    pub async fn run(&self, run: RunId) -> Result<Option<Run>, StoreError> {
        self.rows::<RunRow>("query run", self.about(named::RUN, run))?.next().await?.map(Run::try_from).transpose()
    }

    /// The latest run of the command with this digest that can be resumed.
    ///
    /// # Errors
    /// As [`Store::runs`].
    pub async fn find_unfinished(&self, digest: &str) -> Result<Option<Run>, StoreError> {
        let query = self.client.query(named::UNFINISHED).param("digest", digest);
        self.rows::<RunRow>("query unfinished", query)?.next().await?.map(Run::try_from).transpose()
    }

    /// Which of `visits` are recorded already; those that were lost through our own fault only if `lost` says so: they may
    /// be recorded still.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn recorded(&self, run: RunId, visits: &[VisitId], lost: bool) -> Result<HashSet<VisitId>, StoreError> {
        let list: Vec<String> = visits.iter().map(ToString::to_string).collect();
        let query = self.about(named::RECORDED, run).param("visits", list).param("lost", lost);
        let rows = self.rows::<Id>("query recorded", query)?;
        Ok(rows.all().await?.into_iter().map(|row| VisitId(row.visit_id)).collect())
    }

    /// Runs that go on or are held back, oldest first.
    ///
    /// # Errors
    /// As [`Store::runs`].
    pub async fn running(&self) -> Result<Vec<Run>, StoreError> {
        let rows = self.rows::<RunRow>("query running", self.client.query(named::RUNNING))?;
        rows.all().await?.into_iter().map(Run::try_from).collect()
    }

    /// Targets of a run that nobody has crawled yet, by address: at most `limit` of those behind `after`.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`]; [`StoreError::Row`] for one that is no address.
    pub async fn uncrawled(
        &self,
        run: RunId,
        after: Option<&PageUrl>,
        limit: usize,
    ) -> Result<Vec<Target>, StoreError> {
        let query = self.about(named::UNCRAWLED, run).param("after", after.map_or("", PageUrl::as_str));
        let query = query.param("limit", limit as u64);
        self.rows::<TargetRow>("query uncrawled", query)?.all().await?.into_iter().map(Target::try_from).collect()
    }

    /// The pages that the crawls of a run chose, with the start of the crawl and what each page looks like: those of the
    /// next `limit` targets behind `after`.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`]; [`StoreError::Row`] for one that is no address.
    pub async fn planned(
        &self,
        run: RunId,
        after: Option<&PageUrl>,
        limit: usize,
    ) -> Result<Vec<(PageUrl, PageUrl, PageKind)>, StoreError> {
        let query = self.about(named::PLANNED, run).param("after", after.map_or("", PageUrl::as_str));
        let rows = self.rows::<PlannedRow>("query planned", query.param("limit", limit as u64))?.all().await?;
        rows.into_iter().map(PlannedRow::parsed).collect()
    }

    /// Targets of which the crawl chose no page to visit.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn unvisited(&self, run: RunId) -> Result<Rows<UnvisitedRow>, StoreError> {
        self.unvisited_of(run, "")
    }

    /// How far a run is, in one query. All zero for a run that nobody knows.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn progress(&self, run: RunId) -> Result<Progress, StoreError> {
        let query = self.about(named::PROGRESS, run);
        query.fetch_one().await.map_err(StoreError::during("query progress"))
    }

    /// Whether every target of a run was crawled and every planned page recorded; so it is with a run that nobody knows. Much
    /// cheaper than [`progress`](Self::progress).
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn is_complete(&self, run: RunId) -> Result<bool, StoreError> {
        let query = self.about(named::COMPLETE, run);
        query.fetch_one::<bool>().await.map_err(StoreError::during("query complete"))
    }

    /// Who listens, over the whole run: trackers that hear content first, then by number of sites.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn exposure(&self, run: RunId) -> Result<Vec<ExposureRow>, StoreError> {
        self.rows("query exposure", self.about(named::EXPOSURE, run))?.all().await
    }

    /// How much of every site of a run was seen, by name.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn coverage(&self, run: RunId) -> Result<Rows<CoverageRow>, StoreError> {
        self.coverage_of(run, "")
    }

    /// Every account of every vendor, with the sites that it works on: most sites first.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn accounts(&self, run: RunId) -> Result<Rows<AccountRow>, StoreError> {
        self.rows("query accounts", self.about(named::ACCOUNTS, run))
    }

    /// Who tells browsers apart, most sites first.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn fingerprinters(&self, run: RunId) -> Result<Rows<FingerprinterRow>, StoreError> {
        self.rows("query fingerprinters", self.about(named::FINGERPRINTERS, run))
    }

    /// Whose scripts listen to keys or read fields, most sites first.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn listeners(&self, run: RunId) -> Result<Rows<ListenerRow>, StoreError> {
        self.rows("query listeners", self.about(named::LISTENERS, run))
    }

    /// Who hears what is typed, worst first.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn keystrokes(&self, run: RunId) -> Result<Rows<KeystrokeRow>, StoreError> {
        self.rows("query keystrokes", self.about(named::KEYSTROKES, run))
    }

    /// On how many sites and pages something was typed.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn typed(&self, run: RunId) -> Result<TypedRow, StoreError> {
        self.about(named::TYPED, run).fetch_one().await.map_err(StoreError::during("query typed"))
    }

    /// What each tracker does on each page in each state of consent, by site and page.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn states(&self, run: RunId) -> Result<Rows<StateRow>, StoreError> {
        self.states_of(run, "")
    }

    /// What each page asks its visitors, and what answering took, by site and page.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn choices(&self, run: RunId) -> Result<Rows<ChoiceRow>, StoreError> {
        self.choices_of(run, "")
    }

    /// Where the evidence of the visits of a run lies, in the order of its chain: of one site, if one is given, and of some
    /// visits, if some are.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn evidence(
        &self,
        run: RunId,
        site: Option<&Site>,
        visits: &[VisitId],
    ) -> Result<Rows<EvidenceRow>, StoreError> {
        let visits: Vec<String> = visits.iter().map(ToString::to_string).collect();
        let query = self.about(named::EVIDENCE, run).param("site", site.map_or("", Site::as_str));
        self.rows("query evidence", query.param("visits", visits))
    }

    /// The last run that has visited a site; `None` if there is none.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`]; [`StoreError::Row`] for a row that is no run.
    pub async fn last_run_of(&self, site: &Site) -> Result<Option<RunId>, StoreError> {
        let query = self.client.query(named::LAST_RUN_OF_SITE).param("site", site.as_str());
        let run: String = query.fetch_one().await.map_err(StoreError::during("query last_run_of_site"))?;
        if run.is_empty() { Ok(None) } else { run.parse().map(Some).map_err(StoreError::row("visits")) }
    }

    /// Which script or tag container brought which vendor, most sites first.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn who_brought(&self, run: RunId) -> Result<Rows<BroughtRow>, StoreError> {
        self.rows("query who_brought", self.about(named::WHO_BROUGHT, run))
    }

    /// How many seen pages were recorded before events had witnesses: nobody looked there for what scripts listen to, for
    /// who tells browsers apart and for other names.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub async fn unwitnessed(&self, run: RunId) -> Result<u64, StoreError> {
        self.about(named::UNWITNESSED, run).fetch_one().await.map_err(StoreError::during("query unwitnessed"))
    }

    /// Every finding of a run, by site and page.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn findings(&self, run: RunId) -> Result<Findings, StoreError> {
        self.findings_of(run, "")
    }

    /// Every visit of a run, by site and page.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn visits(&self, run: RunId) -> Result<Rows<VisitRow>, StoreError> {
        self.visits_of(run, "")
    }

    /// Everything in a run that could not be looked at.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`].
    pub fn gaps(&self, run: RunId) -> Result<Rows<GapRow>, StoreError> {
        self.gaps_of(run, "")
    }

    /// Runs somebody's own query; `format` is used where the text names none.
    ///
    /// # Errors
    /// [`StoreError::ClickHouse`]; most errors show only when the answer is read.
    pub fn sql(&self, query: &str, format: &str) -> Result<Answer, StoreError> {
        self.sql_with(query, format, &[])
    }

    /// As [`Store::sql`], with values for `{name:Type}` in the query, written as ClickHouse writes them.
    ///
    /// # Errors
    /// As [`Store::sql`].
    pub fn sql_with(&self, query: &str, format: &str, params: &[(String, String)]) -> Result<Answer, StoreError> {
        let query = self.client.query_raw(query);
        let query = params
            .iter()
            .fold(query, |query, (name, value)| query.with_setting(format!("param_{name}"), value.as_str()));
        query.fetch_bytes(format).map(Answer).map_err(StoreError::during("query"))
    }

    pub(crate) fn database(&self) -> &str {
        &self.database
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn query(&self, query: &str) -> Query {
        self.client.query(query)
    }

    pub(crate) fn about(&self, query: &str, run: RunId) -> Query {
        self.client.query(query).param("run", run.to_string())
    }

    pub(crate) fn rows<R: RowOwned + RowRead>(&self, what: &'static str, query: Query) -> Result<Rows<R>, StoreError> {
        Ok(Rows::new(what, query.fetch().map_err(StoreError::during(what))?))
    }

    pub(crate) async fn insert<R>(&self, table: &str, what: &'static str, rows: Vec<R>) -> Result<(), StoreError>
    where
        R: RowWrite + for<'a> Row<Value<'a> = R>,
    {
        self.insert_each::<R>(table, what, rows).await
    }

    /// As [`Store::insert`], for rows that are made one by one and may borrow.
    async fn insert_each<'r, R: RowWrite>(
        &self,
        table: &str,
        what: &'static str,
        rows: impl IntoIterator<Item = R::Value<'r>>,
    ) -> Result<(), StoreError> {
        let mut rows = rows.into_iter().peekable();
        if rows.peek().is_none() {
            return Ok(());
        }
        let mut insert = self.client.insert::<R>(table).await.map_err(StoreError::during(what))?;
        for row in rows {
            insert.write(&row).await.map_err(StoreError::during(what))?;
        }
        insert.end().await.map_err(StoreError::during(what))
    }
}

#[derive(Row, serde::Deserialize)]
struct Id {
    #[serde(with = "clickhouse::serde::uuid")]
    visit_id: Uuid,
}

fn events<'r>(rows: &'r [EventRows<'r>], visits: &'r [Judged]) -> impl Iterator<Item = EventRow<'r>> {
    let of_visit = |(rows, judged): (&'r EventRows<'r>, &'r Judged)| {
        let events = judged.visit.events.iter().enumerate();
        events.map(move |(index, event)| rows.row(event, judged.events.get(index)))
    };
    rows.iter().zip(visits).flat_map(of_visit)
}

fn findings(judged: &Judged, recording: Uuid) -> impl Iterator<Item = FindingRow> {
    judged.findings.iter().map(move |finding| FindingRow::new(finding, &judged.ruleset, recording))
}

fn gaps(judged: &Judged, recording: Uuid) -> impl Iterator<Item = rows::GapRow> {
    let gaps = judged.visit.gaps.iter().chain(&judged.gaps_added).enumerate();
    gaps.map(move |(seq, gap)| rows::GapRow::new(&judged.visit, seq, gap, recording))
}
