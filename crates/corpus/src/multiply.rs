//! Many copies of what one copy of the sites has done, made inside the store: their sites and those whom nobody else knows
//! have names of their own, and so have their visits. A hundred million events would take hours to be sent.

use earshot_model::RunId;
use earshot_store::{Store, StoreError};

/// What copies what.
const COPIES: [&str; 6] = [
    include_str!("../queries/copy_targets.sql"),
    include_str!("../queries/copy_seeds.sql"),
    include_str!("../queries/copy_events.sql"),
    include_str!("../queries/copy_gaps.sql"),
    include_str!("../queries/copy_findings.sql"),
    include_str!("../queries/copy_visits.sql"),
];

/// How the invented names of a copy begin; all are of one length.
pub(crate) fn name(copy: u32) -> String {
    format!("c{copy:04}-")
}

/// Makes the copy of that number of all that the first copy's sites did in a run.
pub(crate) async fn multiply(store: &Store, run: RunId, copy: u32) -> Result<(), StoreError> {
    let params = [("run", run.to_string()), ("from", name(0)), ("to", name(copy))];
    let params: Vec<(String, String)> = params.map(|(name, value)| (name.to_owned(), value)).into();
    for query in COPIES {
        drain(store, query, &params).await?;
    }
    Ok(())
}

async fn drain(store: &Store, query: &str, params: &[(String, String)]) -> Result<(), StoreError> {
    let mut answer = store.sql_with(query, "TSV", params)?;
    while answer.next().await?.is_some() {}
    Ok(())
}
