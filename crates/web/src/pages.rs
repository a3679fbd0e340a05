//! The pages, one file each.

mod evidence;
mod finding;
mod home;
mod site;
pub(crate) mod statistics;
mod verify;
mod fleet;
mod home;
mod method;
pub(crate) mod statistics;
mod vendor;
mod vendors;

use axum::Router;

use crate::server::Shared;

pub(crate) fn routes() -> Router<Shared> {
    let of_runs = site::routes().merge(finding::routes()).merge(verify::routes()).merge(evidence::routes());
    home::routes().merge(statistics::routes()).merge(of_runs)
    home::routes()
        .merge(statistics::routes())
        .merge(vendors::routes())
        .merge(vendor::routes())
        .merge(fleet::routes())
        .merge(method::routes())
}
