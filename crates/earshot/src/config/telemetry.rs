//! How the fleet is seen into: logs and traces.

use anyhow::{Context as _, Result, bail};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use url::Url;

use super::Secret;

/// Logs and traces.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    /// How log lines are written.
    pub log: LogFormat,
    endpoint: String,
    protocol: String,
    headers: Secret,
    sample_ratio: f64,
}

/// How log lines are written to stderr.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people
    #[default]
    Text,
    /// One JSON object a line
    Json,
}

/// How OTLP is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// Protobuf over HTTP.
    Http,
    /// gRPC.
    Grpc,
}

/// Where traces go, checked.
#[derive(Clone, Debug)]
pub struct Traces {
    /// Where a receiver listens. `None`: the standard variables say it.
    pub endpoint: Option<String>,
    /// How it is spoken to.
    pub protocol: Protocol,
    /// What is sent along with each request, such as a token.
    pub headers: Vec<(String, Secret)>,
    /// How many of a thousand traces are kept, from 0 to 1.
    pub sample_ratio: f64,
}

/// The standard variables (<https://opentelemetry.io/docs/specs/otel/protocol/exporter/>) that say where traces go: of
/// traces, and of everything.
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];
const PROTOCOLS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"];
/// Ends all telemetry (<https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/>).
const DISABLED: &str = "OTEL_SDK_DISABLED";

impl Telemetry {
    /// Where traces go; `None` if nowhere. `variable` reads the environment.
    ///
    /// # Errors
    /// An address, a protocol, a header or a ratio that is none. No header is repeated.
    pub fn traces(&self, variable: impl Fn(&str) -> Option<String>) -> Result<Option<Traces>> {
        let first = |names: &[&str]| names.iter().find_map(|name| variable(name).filter(|value| !value.is_empty()));
        if !(0.0..=1.0).contains(&self.sample_ratio) {
            bail!("telemetry.sample_ratio: write a number from 0 to 1");
        }
        let endpoint = Some(self.endpoint.clone()).filter(|endpoint| !endpoint.is_empty());
        if let Some(endpoint) = &endpoint {
            address(endpoint)?;
        }
        let protocol = match Some(self.protocol.clone()).filter(|it| !it.is_empty()).or_else(|| first(&PROTOCOLS)) {
            None => Protocol::Http,
            Some(name) => protocol(&name)?,
        };
        let headers = headers(&self.headers)?;
        let disabled = variable(DISABLED).is_some_and(|value| value.eq_ignore_ascii_case("true"));
        if disabled || (endpoint.is_none() && first(&ENDPOINTS).is_none()) {
            return Ok(None);
        }
        Ok(Some(Traces { endpoint, protocol, headers, sample_ratio: self.sample_ratio }))
    }
}

/// The text is not repeated: it may hold a password.
fn address(text: &str) -> Result<()> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    url.map(drop).context("telemetry.endpoint: write http://host:4318, or https://host:4317 for grpc")
}

/// Ours and the standard's names.
fn protocol(name: &str) -> Result<Protocol> {
    match name {
        "http" | "http/protobuf" => Ok(Protocol::Http),
        "grpc" => Ok(Protocol::Grpc),
        other => bail!("telemetry.protocol: '{other}' is none of http, grpc"),
    }
}

/// `name=value,name=value`, as in `OTEL_EXPORTER_OTLP_HEADERS`.
fn headers(text: &Secret) -> Result<Vec<(String, Secret)>> {
    let pairs = text.0.split(',').map(str::trim).filter(|pair| !pair.is_empty());
    let read = |pair: &str| {
        let (name, value) = pair.split_once('=').context("telemetry.headers: write name=value,name=value")?;
        Ok((name.trim().to_ascii_lowercase(), Secret(value.trim().to_owned())))
    };
    pairs.map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn telemetry(text: &str) -> Telemetry {
        let usual = "log = 'text'\nendpoint = ''\nprotocol = ''\nheaders = ''\nsample_ratio = 1.0\n";
        let kept = usual.lines().filter(|line| !text.contains(line.split(' ').next().unwrap()));
        let kept: String = kept.map(|line| format!("{line}\n")).collect();
        toml::from_str(&format!("{kept}{text}")).unwrap()
    }

    fn none(_: &str) -> Option<String> {
        None
    }

    #[test]
    fn traces_go_nowhere_unless_somebody_says_where() {
        assert!(telemetry("").traces(none).unwrap().is_none());
        let ours = telemetry("endpoint = 'http://127.0.0.1:4317'\nprotocol = 'grpc'\nheaders = 'Key = a=b, x=y'");
        let ours = ours.traces(none).unwrap().unwrap();
        assert_eq!((ours.endpoint.as_deref(), ours.protocol), (Some("http://127.0.0.1:4317"), Protocol::Grpc));
        let headers: Vec<_> = ours.headers.iter().map(|(name, value)| (name.as_str(), value.0.as_str())).collect();
        assert_eq!(headers, [("key", "a=b"), ("x", "y")]);
    }

    #[test]
    fn the_standard_variables_count_where_ours_are_empty() {
        let standard = |name: &str| match name {
            "OTEL_EXPORTER_OTLP_ENDPOINT" => Some("http://collector:4317".to_owned()),
            "OTEL_EXPORTER_OTLP_PROTOCOL" => Some("grpc".to_owned()),
            _ => None,
        };
        let traces = telemetry("").traces(standard).unwrap().unwrap();
        assert_eq!((traces.endpoint, traces.protocol), (None, Protocol::Grpc));
        let ours = telemetry("protocol = 'http'").traces(standard).unwrap().unwrap();
        assert_eq!(ours.protocol, Protocol::Http);
        let disabled = |name: &str| if name == DISABLED { Some("true".to_owned()) } else { standard(name) };
        assert!(telemetry("").traces(disabled).unwrap().is_none());
    }

    #[test]
    fn mistakes_are_named_and_secrets_are_not() {
        for (text, said) in [
            ("endpoint = 'hunter2'", "telemetry.endpoint: write http"),
            ("endpoint = 'ftp://hunter2'", "telemetry.endpoint: write http"),
            ("protocol = 'http/json'", "'http/json' is none of http, grpc"),
            ("headers = 'hunter2'", "telemetry.headers: write name=value"),
            ("sample_ratio = 1.5", "a number from 0 to 1"),
        ] {
            let error = format!("{:#}", telemetry(text).traces(none).unwrap_err());
            assert!(error.contains(said) && !error.contains("hunter2"), "{text} gave {error}");
        }
        assert!(!format!("{:?}", telemetry("headers = 'a=hunter2'")).contains("hunter2"));
    }
}
