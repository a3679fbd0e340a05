//! A document of our own on paper: HTML to PDF, without any network.

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use chromiumoxide::cdp::{
    browser_protocol::page::{FrameId, PrintToPdfParams, SetDocumentContentParams},
    js_protocol::runtime::EvaluateParams,
};

use crate::{BrowserError, context::Context, instance::Instance};

/// How long one step may take: a report of a hundred pages with pictures takes some seconds.
const STEP: Duration = Duration::from_secs(120);

/// A4, in inches.
const PAPER: (f64, f64) = (8.27, 11.69);

/// Pictures are there once they are decoded.
const DECODED: &str = "Promise.allSettled([...document.images].map((image) => image.decode())).then(() => document.fonts.ready).then(() => true)";

/// Number of the page and of all pages, small, at the foot.
const FOOT: &str = "<div style=\"width:100%;font:7px sans-serif;color:#555;text-align:center\">\
                    <span class=\"pageNumber\"></span> / <span class=\"totalPages\"></span></div>";

/// Prints the document.
pub(crate) async fn pdf(instance: &Instance, html: &str) -> Result<Vec<u8>, BrowserError> {
    let context = Context::sealed(instance.session()).await?;
    let page = context.page().await?;
    let frame = FrameId::new(page.target.as_ref());
    page.session.call(SetDocumentContentParams::new(frame, html), STEP).await?;
    let decoded = EvaluateParams { await_promise: Some(true), ..EvaluateParams::new(DECODED) };
    page.session.call(decoded, STEP).await?;
    let print = PrintToPdfParams {
        print_background: Some(true),
        paper_width: Some(PAPER.0),
        paper_height: Some(PAPER.1),
        display_header_footer: Some(true),
        header_template: Some("<span></span>".to_owned()),
        footer_template: Some(FOOT.to_owned()),
        generate_tagged_pdf: Some(true),
        generate_document_outline: Some(true),
        ..PrintToPdfParams::default()
    };
    let printed = page.session.call(print, STEP).await?;
    context.dispose().await?;
    BASE64_STANDARD
        .decode(AsRef::<str>::as_ref(&printed.data))
        .map_err(|error| BrowserError::Protocol { method: "Page.printToPDF".to_owned(), detail: error.to_string() })
}
