//! The pages, one file each.

mod api;
mod changes;
mod evidence;
mod fields;
mod finding;
mod fleet;
mod home;
mod live;
mod login;
mod method;
mod overview;
mod portfolios;
mod run;
mod runs;
mod site;
pub(crate) mod statistics;
mod vendor;
mod vendors;
mod verify;

use axum::Router;

use crate::server::Shared;

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .merge(home::routes())
        .merge(login::routes())
        .merge(runs::routes())
        .merge(run::routes())
        .merge(live::routes())
        .merge(site::routes())
        .merge(finding::routes())
        .merge(verify::routes())
        .merge(evidence::routes())
        .merge(changes::routes())
        .merge(portfolios::routes())
        .merge(statistics::routes())
        .merge(vendors::routes())
        .merge(vendor::routes())
        .merge(fleet::routes())
        .merge(method::routes())
        .merge(api::routes())
}
