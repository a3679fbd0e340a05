//! Tables on a cluster: the same files, rewritten on their way.
//!
//! What grows with sites lies on the shard of its site: a local table, replicated within the shard, and a Distributed table
//! of the name that queries use. All else is small and lies on every node, as one table replicated to all of them, so that it can be
//! joined anywhere. Views and materialised views stand above the names that queries use, and read and write all shards.
//!
//! The statements of our own migrations are all that this has to understand, and what it does not understand it refuses. A
//! parser of SQL would be better; the one that there is for Rust (sqlparser, with its dialect for ClickHouse) parses none of the files.

use clickhouse::Client;

use crate::migrate::quoted;

/// Tables whose rows lie on the shard of their `site`.
const SHARDED: [&str; 7] = ["seeds", "visits", "events", "gaps", "findings", "site_nights", "vendor_sites"];
/// What the name of a shard's own table ends with.
const LOCAL: &str = "_local";
/// What each statement begins with that names a table or view right behind it.
const HEADS: [&str; 4] = [
    "CREATE TABLE IF NOT EXISTS ",
    "ALTER TABLE ",
    "CREATE OR REPLACE VIEW ",
    "CREATE MATERIALIZED VIEW IF NOT EXISTS ",
];
/// The line that names an engine.
const ENGINE: &str = "\nENGINE = ";

/// A cluster that tables are made on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cluster {
    /// As `remote_servers` of ClickHouse calls it.
    pub(crate) name: String,
    /// Whether its tables are replicated. Only the embedded engine, which knows no Keeper, does without.
    pub(crate) replicated: bool,
}

impl Cluster {
    /// The settings that make answers right: whoever joins or asks `IN` gets the rows of all shards, what was written can
    /// be read, and a shard that does not answer is an error and not an empty one.
    pub(crate) fn set_up(&self, client: Client) -> Client {
        [
            ("distributed_product_mode", "global"),
            ("distributed_foreground_insert", "1"),
            ("skip_unavailable_shards", "0"),
            ("load_balancing", "in_order"),
        ]
        .into_iter()
        .fold(client, |client, (name, value)| client.with_setting(name, value))
    }

    /// ` ON CLUSTER name`, where there are other nodes.
    pub(crate) fn on_cluster(&self) -> String {
        if self.replicated { format!(" ON CLUSTER {}", quoted(&self.name)) } else { String::new() }
    }

    /// The table that holds the rows of `table`.
    pub(crate) fn stored(table: &str) -> String {
        if SHARDED.contains(&table) { format!("{table}{LOCAL}") } else { table.to_owned() }
    }

    /// The statements that do on a cluster what `statement` does on one server; `None` if it cannot be told.
    pub(crate) fn rewrite(&self, statement: &str, database: &str) -> Option<Vec<String>> {
        // Comments may stand before it.
        let (start, head) = HEADS.iter().filter_map(|head| Some((position(statement, head)?, *head))).min()?;
        let rest = &statement[start + head.len()..];
        let (table, rest) = rest.split_at(rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?);
        let stored = Self::stored(table);
        let (name, on) = (format!("{}.{}", quoted(database), quoted(&stored)), self.on_cluster());
        let rest = match head.starts_with("CREATE TABLE") {
            true => self.engine(rest, stored != table)?,
            false => rest.to_owned(),
        };
        let mut all = vec![format!("{head}{name}{on}{rest}")];
        if stored != table {
            all.push(self.distributed(table, &stored, database));
        }
        Some(all)
    }

    /// The table of the name that queries use. It holds nothing, so it is made anew when columns have come.
    fn distributed(&self, table: &str, stored: &str, database: &str) -> String {
        let (on, cluster) = (self.on_cluster(), quoted(&self.name));
        let (database, table, stored) = (quoted(database), quoted(table), quoted(stored));
        format!(
            "CREATE OR REPLACE TABLE {database}.{table}{on} AS {database}.{stored} \
             ENGINE = Distributed({cluster}, {database}, {stored}, cityHash64(site))"
        )
    }

    /// The same table, replicated: within its shard, or to every node.
    fn engine(&self, definition: &str, sharded: bool) -> Option<String> {
        let (columns, rest) = definition.split_once(ENGINE)?;
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric())?;
        let (engine, rest) = rest.split_at(end);
        if !engine.ends_with("MergeTree") || rest.contains(ENGINE) {
            return None;
        }
        if !self.replicated {
            return Some(definition.to_owned());
        }
        let (shard, replica) = if sharded { ("{shard}", "{replica}") } else { ("all", "{shard}-{replica}") };
        let path = format!("'/clickhouse/tables/{shard}/{{database}}/{{table}}', '{replica}'");
        let rest = match rest.strip_prefix('(') {
            Some(arguments) => format!("({path}, {arguments}"),
            None => format!("({path}){rest}"),
        };
        Some(format!("{columns}{ENGINE}Replicated{engine}{rest}"))
    }
}

/// Where a line begins with `head`, outside of comments.
fn position(statement: &str, head: &str) -> Option<usize> {
    if statement.starts_with(head) {
        return Some(0);
    }
    statement.match_indices(head).map(|(at, _)| at).find(|at| statement[..*at].ends_with('\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(statement: &str) -> Vec<String> {
        let cluster = Cluster { name: "fleet".into(), replicated: true };
        cluster.rewrite(statement, "earshot").unwrap_or_default()
    }

    #[test]
    fn what_grows_with_sites_is_sharded_and_all_else_lies_everywhere() {
        let distributed = "CREATE OR REPLACE TABLE `earshot`.`gaps` ON CLUSTER `fleet` AS `earshot`.`gaps_local` \
                           ENGINE = Distributed(`fleet`, `earshot`, `gaps_local`, cityHash64(site))";
        assert_eq!(
            rewritten(
                "-- Why.\nCREATE TABLE IF NOT EXISTS gaps\n(\n    a UInt8\n)\nENGINE = ReplacingMergeTree(b)\nORDER BY a"
            ),
            [
                "CREATE TABLE IF NOT EXISTS `earshot`.`gaps_local` ON CLUSTER `fleet`\n(\n    a UInt8\n)\nENGINE = \
                 ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', b)\nORDER BY a",
                distributed
            ]
        );
        assert_eq!(
            rewritten("CREATE TABLE IF NOT EXISTS runs\n(a UInt8)\nENGINE = MergeTree\nORDER BY a"),
            ["CREATE TABLE IF NOT EXISTS `earshot`.`runs` ON CLUSTER `fleet`\n(a UInt8)\nENGINE = \
              ReplicatedMergeTree('/clickhouse/tables/all/{database}/{table}', '{shard}-{replica}')\nORDER BY a"]
        );
        assert_eq!(
            rewritten("ALTER TABLE gaps\n    ADD COLUMN IF NOT EXISTS b UInt8"),
            [
                "ALTER TABLE `earshot`.`gaps_local` ON CLUSTER `fleet`\n    ADD COLUMN IF NOT EXISTS b UInt8",
                distributed
            ]
        );
        assert_eq!(
            rewritten("CREATE MATERIALIZED VIEW IF NOT EXISTS x TO gaps\nAS SELECT 1 AS a FROM runs"),
            [
                "CREATE MATERIALIZED VIEW IF NOT EXISTS `earshot`.`x` ON CLUSTER `fleet` TO gaps\nAS SELECT 1 AS a FROM runs"
            ]
        );
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for statement in [
            "DROP TABLE runs",
            "CREATE TABLE runs (a UInt8) ENGINE = MergeTree ORDER BY a",
            "CREATE TABLE IF NOT EXISTS runs\n(a UInt8)\nENGINE = Log\n",
            "-- CREATE TABLE IF NOT EXISTS runs",
            "CREATE TABLE IF NOT EXISTS runs",
        ] {
            assert_eq!(rewritten(statement), Vec::<String>::new(), "{statement}");
        }
    }
}
