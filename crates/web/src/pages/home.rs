//! `/`: what is to be scanned?

use askama::Template;
use axum::{Router, extract::State, routing::get};

use crate::{
    page::{Layout, Page, Section, Visitor},
    server::Shared,
};

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    layout: Layout,
    /// How many vendors the catalogue knows.
    known: usize,
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/", get(home))
}

async fn home(_: Visitor, State(web): State<Shared>) -> Page<Home> {
    let layout = Layout::new("Who listens before consent?", Section::Scan);
    Page(Home { layout, known: web.catalogue.vendors().len() })
}
