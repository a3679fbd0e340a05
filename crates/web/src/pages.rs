//! The pages, one file each.

mod api;
mod fields;
mod home;
mod login;
mod overview;
mod portfolios;
mod run;
mod runs;
pub(crate) mod statistics;

use axum::Router;

use crate::server::Shared;

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .merge(home::routes())
        .merge(login::routes())
        .merge(runs::routes())
        .merge(run::routes())
        .merge(portfolios::routes())
        .merge(statistics::routes())
        .merge(api::routes())
}
