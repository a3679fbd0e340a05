//! The web role: an API over HTTP that shows runs, tells them to pause, to go on or to end, and starts scans.
//!
//! `/healthz` says that it answers. All else is below `/api/v1`, one file a resource. Whatever changes something needs a
//! [`Token`] with the scope `write`; reading needs one too if the operator says so. What goes wrong is told as
//! [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) has it ([`problem`]). No other origin is given anything: there is no
//! CORS, and a browser is told to show nothing of it in a frame.
//!
//! It speaks HTTP/1.1 without TLS: a reverse proxy in front of it has the certificate.

mod access;
mod body;
mod health;
pub mod problem;
mod runs;
mod scans;
mod server;
mod token;

pub use scans::{Scan, StartScan, Started};
pub use server::{Web, serve};
pub use token::{Scope, Token};
