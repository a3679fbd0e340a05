//! The web role: pages for people and an API for programs, over HTTP.
//!
//! Pages ([`pages`]) are made on the server and work without scripts, but for what is live. Whatever they show, the API ([`api`])
//! says as JSON below `/api/v1`. `/healthz` says that it answers. Whatever changes something needs a [`Token`] with the scope
//! `write`; reading needs one too if the operator says so. What goes wrong is told as
//! [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) has it ([`problem`]), and on a page in words. No other origin is given
//! anything: there is no CORS, and a browser is told to show nothing of it in a frame.
//!
//! It speaks HTTP/1.1 without TLS: a reverse proxy in front of it has the certificate.

mod access;
mod answer;
mod api;
mod asked;
mod assets;
mod chart;
mod compared;
mod fleet;
mod found;
mod health;
mod link;
mod live;
mod measured;
mod number;
mod page;
mod pages;
pub mod problem;
mod reports;
mod server;
mod submit;
mod token;
mod verify;
mod words;

pub use access::{Access, Anonymous};
pub use api::scans::Scan;
pub use fleet::{Fleet, FleetError};
pub use server::{Web, serve};
pub use submit::{BadLine, Crawl, ImportError, Imported, List, Submit};
pub use token::{Scope, Token};
pub use verify::NotStarted;
