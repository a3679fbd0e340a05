//! What a request asks for: its URL, headers and form.

use axum::{body::Body, extract::Query};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use http::{HeaderMap, Method, header, request::Parts};

use super::{Credentials, MAX_QUERY_BYTES};
use crate::engine::{Exception, session::Params};

/// Everything but the body.
#[derive(Debug, Default)]
pub(super) struct Ask {
    /// Text of the query, if it is not (all) in the body.
    pub(super) query: Option<String>,
    /// Values of `{name:Type}`.
    pub(super) params: Params,
    /// The answer's (or the data's) format where the query names none.
    pub(super) format: Option<String>,
    /// Echoed to the client.
    pub(super) query_id: Option<String>,
    /// Whether the answer is wanted whole, so that an error is never found in its middle.
    pub(super) whole: bool,
    /// The protocol that the client speaks: which form of Native it expects.
    pub(super) revision: u64,
    /// Boundary of a multipart form.
    pub(super) multipart: Option<String>,
    database: Option<String>,
    settings: Vec<(String, String)>,
    read_only: bool,
    user: Option<String>,
    password: Option<String>,
}

impl Ask {
    /// Reads URL and headers.
    pub(super) fn read(parts: &Parts) -> Result<Self, Exception> {
        let mut ask = Self { read_only: parts.method != Method::POST, ..Self::default() };
        ask.read_headers(&parts.headers)?;
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        let pairs = pairs.map_err(|error| Exception::ours(36, "BAD_ARGUMENTS", &error.body_text()))?;
        for (name, value) in pairs.0 {
            ask.take(name, value)?;
        }
        Ok(ask)
    }

    /// Takes one URL parameter. What is not known to be for the interface is a setting; the engine knows which exist.
    fn take(&mut self, name: String, value: String) -> Result<(), Exception> {
        if let Some(name) = name.strip_prefix("param_") {
            self.params.push((name.to_owned(), value));
            return Ok(());
        }
        match name.as_str() {
            "query" => self.query = Some(value),
            "database" => self.database = Some(value).filter(|value| !value.is_empty()),
            "default_format" => self.format = Some(value),
            "query_id" => self.query_id = Some(value),
            "user" => self.user = Some(value),
            "password" => self.password = Some(value),
            "wait_end_of_query" => self.whole = value == "1",
            "buffer_size" | "quota_key" | "stacktrace" | "enable_http_compression" => {}
            "compress" | "decompress" if value == "0" || value.is_empty() => {}
            "compress" | "decompress" => return Err(unsupported("compression (compress=1, decompress=1)")),
            "client_protocol_version" => {
                let bad = |_| Exception::ours(36, "BAD_ARGUMENTS", "client_protocol_version is no number");
                self.revision = value.parse().map_err(bad)?;
            }
            "session_id" | "session_timeout" | "session_check" | "close_session" => {
                return Err(unsupported("sessions (session_id)"));
            }
            "role" => return Err(unsupported("roles (role)")),
            _ => self.settings.push((name, value)),
        }
        Ok(())
    }

    fn read_headers(&mut self, headers: &HeaderMap) -> Result<(), Exception> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        if text("content-encoding").is_some_and(|encoding| encoding != "identity") {
            return Err(unsupported("a compressed body (Content-Encoding)"));
        }
        self.format = text("x-clickhouse-format");
        self.database = text("x-clickhouse-database").filter(|value| !value.is_empty());
        self.user = text("x-clickhouse-user");
        self.password = text("x-clickhouse-key");
        if let Some(basic) =
            text(header::AUTHORIZATION.as_str()).as_deref().and_then(|text| text.strip_prefix("Basic "))
        {
            let decoded = BASE64_STANDARD.decode(basic.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            if let Some((user, password)) = decoded.as_deref().and_then(|text| text.split_once(':')) {
                (self.user, self.password) = (Some(user.to_owned()), Some(password.to_owned()));
            }
        }
        let content_type = text(header::CONTENT_TYPE.as_str()).unwrap_or_default();
        self.multipart = multer::parse_boundary(content_type).ok();
        Ok(())
    }

    /// Reads a multipart form: a query and its parameters, as the `clickhouse` crate sends them.
    pub(super) async fn read_form(&mut self, body: Body, boundary: String) -> Result<(), Exception> {
        let bad =
            |error: multer::Error| Exception::ours(36, "BAD_ARGUMENTS", &format!("The form does not parse: {error}"));
        let limit = multer::SizeLimit::new().whole_stream(MAX_QUERY_BYTES as u64);
        let constraints = multer::Constraints::new().size_limit(limit);
        let mut form = multer::Multipart::with_constraints(body.into_data_stream(), boundary, constraints);
        while let Some(field) = form.next_field().await.map_err(bad)? {
            let name = field.name().unwrap_or_default().to_owned();
            if field.file_name().is_some() {
                return Err(unsupported("external tables (a file in a form)"));
            }
            self.take(name, field.text().await.map_err(bad)?)?;
        }
        Ok(())
    }

    /// Compares name and password with ours, in a time that does not tell how much of them is right.
    pub(super) fn authenticate(&self, ours: &Credentials) -> Result<(), Exception> {
        let (Some(user), Some(password)) = (&self.user, &self.password) else {
            let what = "User and password are needed: X-ClickHouse-User and X-ClickHouse-Key, or basic authentication";
            return Err(Exception::ours(194, "REQUIRED_PASSWORD", what));
        };
        if same(user, &ours.user) & same(password, &ours.password) {
            return Ok(());
        }
        Err(Exception::ours(
            516,
            "AUTHENTICATION_FAILED",
            "Authentication failed: password is incorrect, or there is no such user",
        ))
    }

    /// What a session has to run before the query.
    pub(super) fn preparations(&self) -> Vec<String> {
        let database =
            self.database.iter().map(|name| format!("USE `{}`", name.replace('\\', "\\\\").replace('`', "\\`")));
        let settings = self.settings.iter().map(|(name, value)| set(name, value));
        // As in ClickHouse: GET must not change anything. Last, because it locks itself.
        let read_only = self.read_only.then(|| set("readonly", "2"));
        database.chain(settings).chain(read_only).collect()
    }

    /// Whether the request brings its own value for a setting.
    pub(super) fn sets(&self, name: &str) -> bool {
        self.settings.iter().any(|(given, _)| given == name)
    }
}

/// The engine parses the value as the setting's type. The name is quoted: whatever it is, it stays a name.
pub(super) fn set(name: &str, value: &str) -> String {
    let escape = |text: &str, quote: char| text.replace('\\', "\\\\").replace(quote, &format!("\\{quote}"));
    format!("SET `{}` = '{}'", escape(name, '`'), escape(value, '\''))
}

fn unsupported(what: &str) -> Exception {
    Exception::ours(48, "NOT_IMPLEMENTED", &format!("The embedded engine does not support {what}"))
}

fn same(one: &str, other: &str) -> bool {
    let differing = one.bytes().zip(other.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b));
    (one.len() == other.len()) & (differing == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(uri: &str, headers: &[(&str, &str)]) -> Result<Ask, Exception> {
        let request =
            headers.iter().fold(http::Request::get(uri), |request, (name, value)| request.header(*name, *value));
        Ask::read(&request.body(()).unwrap().into_parts().0)
    }

    #[test]
    fn url_parameters_are_told_apart() {
        let ask = ask("/?query=SELECT%201&database=a%60b&param_x=1&max_threads=2&default_format=CSV", &[]).unwrap();
        assert_eq!(ask.query.as_deref(), Some("SELECT 1"));
        assert_eq!(ask.format.as_deref(), Some("CSV"));
        assert_eq!(ask.params, [("x".to_owned(), "1".to_owned())]);
        assert_eq!(ask.preparations(), ["USE `a\\`b`", "SET `max_threads` = '2'", "SET `readonly` = '2'"]);
    }

    #[test]
    fn what_is_not_supported_is_said() {
        for uri in ["/?compress=1", "/?decompress=1", "/?session_id=x", "/?role=admin"] {
            assert_eq!(ask(uri, &[]).unwrap_err().code, 48, "{uri}");
        }
        assert_eq!(ask("/", &[("content-encoding", "gzip")]).unwrap_err().code, 48);
        assert!(ask("/?compress=0", &[]).is_ok());
    }

    #[test]
    fn credentials_come_from_headers_basic_or_url() {
        let ours = Credentials { user: "u".into(), password: "p:w".into() };
        let code = |uri: &str, headers: &[(&str, &str)]| {
            ask(uri, headers).unwrap().authenticate(&ours).err().map(|error| error.code)
        };
        assert_eq!(code("/?user=u&password=p:w", &[]), None);
        assert_eq!(code("/", &[("x-clickhouse-user", "u"), ("x-clickhouse-key", "p:w")]), None);
        assert_eq!(code("/", &[("authorization", "Basic dTpwOnc=")]), None);
        assert_eq!(code("/", &[("x-clickhouse-user", "u"), ("x-clickhouse-key", "p:")]), Some(516));
        assert_eq!(code("/", &[]), Some(194));
    }

    #[test]
    fn a_setting_cannot_leave_its_quotes() {
        assert_eq!(set("a`b", "it's \\"), "SET `a\\`b` = 'it\\'s \\\\'");
    }
}
