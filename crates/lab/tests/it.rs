//! The lab, asked by real clients: raw sockets, a resolver, and Chromium.

#[path = "it/browser.rs"]
mod browser;
#[path = "it/chromium.rs"]
mod chromium;
#[path = "it/command.rs"]
mod command;
#[path = "it/gated.rs"]
mod gated;
#[path = "it/guides.rs"]
mod guides;
#[path = "it/names.rs"]
mod names;
#[path = "it/proxy.rs"]
mod proxy;
#[path = "it/recorders.rs"]
mod recorders;
#[path = "it/states.rs"]
mod states;
#[path = "../../../tests/turns.rs"]
mod turns;
#[path = "it/typing.rs"]
mod typing;
#[path = "it/web.rs"]
mod web;

use earshot_lab::{Lab, LabConfig};

async fn lab(sites: usize) -> Lab {
    Lab::start(LabConfig { sites, ..LabConfig::default() })
        .await
        .expect("the lab starts; run `make setup` for the SDKs")
}
