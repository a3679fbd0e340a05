//! A synthetic web with known truth: a forward proxy with its own CA, a DNS server, hand-written and generated
//! sites, the vendors' real SDKs where npm has them, and stand-ins where their code is not published. It logs what
//! every collector received, so that a scanner's findings can be compared with what truly happened.
//!
//! Nothing here knows the detector: the truth stands in the files beside the sites.

mod answer;
mod ca;
pub mod check;
mod config;
mod dns;
mod error;
mod generate;
mod lab;
mod matrix;
mod proxy;
mod received;
mod sdk;
mod site;
mod truth;
mod vendor;
mod web;

pub use ca::Authority;
pub use config::LabConfig;
pub use error::{Error, Result};
pub use lab::Lab;
pub use received::{Received, Via};
pub use sdk::Sdk;
pub use site::Site;
pub use truth::{ByVendor, Expected, INFRASTRUCTURE, Keystrokes, OTHER_FIELDS, PageTruth, SiteTruth, States, Wall};
pub use vendor::{Held, Vendor, Vendors};
pub use web::Web;
