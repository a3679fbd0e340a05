//! The store: the connection, and how rows are put and asked for. What is put is in `recording.rs`, what is asked in a file for each
//! thing that is asked about.

use std::path::Path;

use clickhouse::{Client, Compression, Row, RowOwned, RowRead, RowWrite, query::Query};
use earshot_model::RunId;

use crate::{Answer, Rows, StoreError, cluster::Cluster, migrate, named, tls};

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
    pub(crate) async fn insert_each<'r, R: RowWrite>(
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
