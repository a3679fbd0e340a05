//! `earshot doctor`: which parts are here, and what to do about the rest.

use anyhow::Result;
use earshot_browser::{BrowserConfig, Sandboxing, probe};
use earshot_local::{Checkup, Part, Status, parts};
use serde_json::json;

use crate::{
    cli::{Doctor, Global, ListFormat},
    config::{Config, Place},
    exit::Exit,
    filter_list, services, terminal,
};

/// One line of the doctor's table.
struct Line {
    part: &'static str,
    status: &'static str,
    version: String,
    place: String,
    advice: String,
    /// Whether scanning works without it.
    optional: bool,
}

pub(super) async fn run(global: &Global, doctor: &Doctor) -> Result<Exit> {
    let config = Config::load(global.config.as_deref(), &global.overrides(None))?;
    let lines = examine(&config).await?;
    let text = match doctor.format {
        ListFormat::Json => serde_json::to_string_pretty(&lines.iter().map(Line::json).collect::<Vec<_>>())? + "\n",
        ListFormat::Text => text(&lines, &config)?,
    };
    terminal::print(&text)?;
    let well = lines.iter().all(|line| line.optional || line.status == "ok");
    Ok(if well { Exit::Done } else { Exit::PartMissing })
}

async fn examine(config: &Config) -> Result<Vec<Line>> {
    let engine = services::engine_command()?;
    let (nats, clickhouse) = (config.nats(), config.clickhouse());
    let mut lines = Vec::new();
    for part in Part::ALL {
        let place = match part {
            Part::Chromium | Part::Autoconsent => &Place::Found,
            Part::Nats => &nats,
            Part::Clickhouse => &clickhouse,
        };
        lines.push(match place {
            Place::Url(url) => Line::elsewhere(part, url.host_str().unwrap_or_default()),
            _ => Line::of(parts::inspect(part, services::explicit(part, config, &nats, &clickhouse), &engine).await),
        });
    }
    lines.push(Line::sandbox(config).await);
    lines.push(Line::filter_list());
    Ok(lines)
}

impl Line {
    fn of(checkup: Checkup) -> Self {
        let status = match checkup.status {
            Status::Ok => "ok",
            Status::TooOld => "too old",
            Status::Missing => "missing",
            Status::Broken => "broken",
        };
        let how = checkup.how_found.map_or_else(String::new, |how| format!(" ({how})"));
        Self {
            part: name(checkup.part),
            status,
            version: checkup.version.unwrap_or_default(),
            place: checkup.path.map_or_else(String::new, |path| format!("{}{how}", path.display())),
            advice: checkup.advice,
            optional: checkup.part == Part::Autoconsent,
        }
    }

    fn elsewhere(part: Part, host: &str) -> Self {
        let place = format!("at {host}");
        Self {
            part: name(part),
            status: "ok",
            version: "elsewhere".into(),
            place,
            advice: String::new(),
            optional: false,
        }
    }

    /// What this machine allows, found out by starting a browser.
    async fn sandbox(config: &Config) -> Self {
        let found = match parts::find(Part::Chromium, config.chromium()) {
            Ok(found) => {
                let (sandbox, user) = (config.browser.sandbox, config.browser.user());
                let browser = BrowserConfig { executable: found.path, sandbox, user, ..BrowserConfig::default() };
                probe(&browser).await.map_err(|error| error.to_string())
            }
            Err(_) => Err("not known: there is no Chromium".to_owned()),
        };
        let advice = "pages are opened without Chromium's sandbox; allow user namespaces on this machine, for the user that \
                      browser.user names";
        let (status, place, advice) = match found {
            Ok(sandbox) if sandbox.is_on() => ("ok", sandbox.to_string(), String::new()),
            Ok(sandbox) => ("absent", sandbox.to_string(), advice.to_owned()),
            Err(reason) => ("absent", reason, String::new()),
        };
        // Scanning works without it, unless it is demanded.
        let optional = config.browser.sandbox != Sandboxing::On;
        Self { part: "sandbox", status, version: String::new(), place, advice, optional }
    }

    fn filter_list() -> Self {
        let found = filter_list::find(None);
        let advice = "optional: Debian's webext-ublock-origin-chromium carries EasyPrivacy, or give --filter-list FILE";
        Self {
            part: "filter list",
            status: if found.is_some() { "ok" } else { "absent" },
            version: String::new(),
            advice: if found.is_some() { String::new() } else { advice.to_owned() },
            place: found.map_or_else(String::new, |path| path.display().to_string()),
            optional: true,
        }
    }

    fn json(&self) -> serde_json::Value {
        json!({
            "part": self.part, "status": self.status, "version": self.version, "place": self.place,
            "advice": self.advice, "optional": self.optional,
        })
    }
}

fn name(part: Part) -> &'static str {
    match part {
        Part::Chromium => "chromium",
        Part::Nats => "nats-server",
        Part::Clickhouse => "clickhouse",
        Part::Autoconsent => "autoconsent",
    }
}

fn text(lines: &[Line], config: &Config) -> Result<String> {
    let mut table = terminal::table(false);
    table.set_header(["PART", "STATUS", "VERSION", "WHERE"]);
    for line in lines {
        table.add_row([line.part, line.status, &line.version, &line.place]);
    }
    let mut text = format!("{table}\n");
    for line in lines.iter().filter(|line| !line.advice.is_empty()) {
        text.push_str(&format!("{}: {}\n", line.part, line.advice));
    }
    text.push_str(&format!("data directory: {}\n", config.data_dir()?.display()));
    Ok(text)
}
