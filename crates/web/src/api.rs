//! The API: JSON below `/api/v1`, one file a resource.

mod body;
pub(crate) mod fleet;
mod live;
pub(crate) mod runs;
pub(crate) mod scans;
pub(crate) mod statistics;
pub(crate) mod vendors;

use axum::Router;

use crate::server::Shared;

/// Where every resource stands.
pub(crate) const BASE: &str = "/api/v1";

pub(crate) fn routes() -> Router<Shared> {
    Router::new().nest(
        BASE,
        runs::routes()
            .merge(scans::routes())
            .merge(live::routes())
            .merge(statistics::routes())
            .merge(vendors::routes())
            .merge(fleet::routes()),
    )
}
