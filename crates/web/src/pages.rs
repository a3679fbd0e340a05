//! The pages, one file each.

mod home;
mod live;

use axum::Router;

use crate::server::Shared;

pub(crate) fn routes() -> Router<Shared> {
    home::routes().merge(live::routes())
}
