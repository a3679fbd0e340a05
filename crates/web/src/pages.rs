//! The pages, one file each.

mod home;

use axum::Router;

use crate::server::Shared;

pub(crate) fn routes() -> Router<Shared> {
    home::routes()
}
