//! `POST /portfolios`: a list, as a form sends it: read while it comes.

use askama::Template;
use axum::{
    extract::{Multipart, State, multipart::MultipartRejection},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use earshot_report::words;
use earshot_store::portfolio_name;

use super::{Line, Upload, page};
use crate::{
    access::{Rights, Writer},
    api::portfolios::import,
    link, number,
    page::{Layout, OnPage, Page, Section, Sorry},
    problem::Problem,
    server::Shared,
    submit::{BadLine, Imported},
};

#[derive(Template)]
#[template(path = "imported.html")]
struct Done {
    layout: Layout,
    portfolio: Line,
    address: String,
    /// Lines that could not be read, and the first of them.
    bad_lines: String,
    bad: Vec<BadLine>,
}

/// Bytes of a field that is no list.
const SHORT: usize = 200;

pub(super) async fn take(
    OnPage(by): OnPage<Writer>,
    OnPage(rights): OnPage<Rights>,
    State(web): State<Shared>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Sorry> {
    let form = form.map_err(|error| Problem::new(error.status(), error.body_text()))?;
    let mut upload = Upload::default();
    let (problem, bad) = match read(&web, &by, form, &mut upload).await {
        Ok(Imported { portfolio: Some(row), bad_lines, bad }) if bad_lines > 0 => {
            let (layout, portfolio) = (Layout::new("Imported", Section::Portfolios), Line::from(&row));
            let address = link::path(&["portfolios", &row.portfolio]);
            return Ok(
                Page(Done { layout, portfolio, address, bad_lines: number::count(bad_lines), bad }).into_response()
            );
        }
        Ok(Imported { portfolio: Some(row), .. }) => {
            return Ok(axum::response::Redirect::to(&link::path(&["portfolios", &row.portfolio])).into_response());
        }
        Ok(Imported { bad, .. }) => {
            (Problem::at("/list", "None of the lines names a domain or address; nothing has changed."), bad)
        }
        Err(problem) => (problem, Vec::new()),
    };
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
    if status.is_server_error() {
        return Err(problem.into());
    }
    let mistake = problem.errors.into_iter().next();
    match mistake {
        Some(mistake) if mistake.pointer == "/name" => upload.name_wrong = mistake.detail,
        Some(mistake) => upload.list_wrong = mistake.detail,
        None => upload.list_wrong = problem.detail,
    }
    upload.bad = bad;
    Ok((status, page(&web, rights, upload).await?).into_response())
}

/// The fields in the order in which a browser sends them: that of the form. The list comes last.
async fn read(web: &Shared, by: &Writer, mut form: Multipart, upload: &mut Upload) -> Result<Imported, Problem> {
    let broken = |error: axum::extract::multipart::MultipartError| Problem::new(error.status(), error.body_text());
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        match field.name() {
            Some("list") => {
                let name = portfolio_name(&upload.name).map_err(|why| Problem::at("/name", why))?;
                let source = field.file_name().unwrap_or_default().to_owned();
                if source.is_empty() {
                    return Err(Problem::at("/list", "Choose a file."));
                }
                return import(web, by, &name, &source, upload.add, &mut field).await;
            }
            Some(known @ ("name" | "add")) => {
                let is_name = known == "name";
                let mut text = Vec::new();
                while let Some(piece) = field.chunk().await.map_err(broken)? {
                    text.extend_from_slice(&piece[..piece.len().min(SHORT.saturating_sub(text.len()))]);
                }
                let text = String::from_utf8_lossy(&text).trim().to_owned();
                if is_name { upload.name = text } else { upload.add = text == "1" }
            }
            _ => {}
        }
    }
    Err(Problem::at("/list", "Choose a file."))
}
