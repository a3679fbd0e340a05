//! The pages, one file each.

mod home;
pub(crate) mod statistics;

use axum::Router;

use crate::server::Shared;

pub(crate) fn routes() -> Router<Shared> {
    home::routes().merge(statistics::routes())
}
