//! The pages, one file each.

mod fleet;
mod home;
mod live;
mod method;
pub(crate) mod statistics;
mod vendor;
mod vendors;

use axum::Router;

use crate::server::Shared;

pub(crate) fn routes() -> Router<Shared> {
    home::routes()
        .merge(live::routes())
        .merge(statistics::routes())
        .merge(vendors::routes())
        .merge(vendor::routes())
        .merge(fleet::routes())
        .merge(method::routes())
}
