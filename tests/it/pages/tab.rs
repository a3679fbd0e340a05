//! A person's browser: opens pages of ours, types, presses, and notes whatever is not as it should be.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use chromiumoxide::{
    Browser, BrowserConfig, Page,
    cdp::{
        browser_protocol::{
            dom::SetFileInputFilesParams,
            emulation::{
                MediaFeature, SetDeviceMetricsOverrideParams, SetEmulatedMediaParams, SetScriptExecutionDisabledParams,
            },
            log,
            network::EventRequestWillBeSent,
            page::CaptureScreenshotFormat,
        },
        js_protocol::runtime::EventExceptionThrown,
    },
    page::ScreenshotParams,
};
use earshot_local::{Part, parts};
use futures::StreamExt as _;
use serde::de::DeserializeOwned;

/// No page of ours takes half of this on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a page is asked whether something is there that nothing announces.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What the screen is like.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    /// CSS pixels.
    pub width: u32,
    pub dark: bool,
}

pub const DESK: Screen = Screen { width: 1_280, dark: false };
pub const NIGHT: Screen = Screen { width: 1_280, dark: true };
pub const PHONE: Screen = Screen { width: 360, dark: false };

/// A browser with one tab.
pub struct Tab {
    browser: Browser,
    pub page: Page,
    base: String,
    noted: Arc<Mutex<Noted>>,
    _profile: tempfile::TempDir,
}

/// What the browser said while pages were open.
#[derive(Default)]
struct Noted {
    /// Addresses that were asked for.
    asked: Vec<String>,
    /// Errors of scripts, and what the content security policy refused.
    wrong: Vec<String>,
}

impl Tab {
    /// Of a site at `base`, without a slash at its end.
    pub async fn open(base: &str) -> Self {
        let profile = tempfile::tempdir().unwrap();
        let executable = parts::find(Part::Chromium, None).unwrap().path;
        let config = BrowserConfig::builder().chrome_executable(executable).no_sandbox().user_data_dir(profile.path());
        let (browser, mut handler) = Browser::launch(config.viewport(None).build().unwrap()).await.unwrap();
        tokio::spawn(async move { while handler.next().await.is_some() {} });
        let page = browser.new_page("about:blank").await.unwrap();
        let noted = Arc::new(Mutex::new(Noted::default()));
        note(&page, &noted).await;
        let tab = Self { browser, page, base: base.to_owned(), noted, _profile: profile };
        tab.screen(DESK).await;
        tab
    }

    pub async fn close(mut self) {
        self.browser.close().await.unwrap();
        self.browser.wait().await.unwrap();
    }

    /// As if the screen were like that.
    pub async fn screen(&self, screen: Screen) {
        let size = SetDeviceMetricsOverrideParams::builder().width(screen.width).height(900).device_scale_factor(1.0);
        self.page.execute(size.mobile(screen.width < 600).build().unwrap()).await.unwrap();
        let scheme = if screen.dark { "dark" } else { "light" };
        let media = SetEmulatedMediaParams::builder().feature(MediaFeature::new("prefers-color-scheme", scheme));
        self.page.execute(media.build()).await.unwrap();
    }

    /// As if there were no scripts.
    pub async fn without_scripts(&self, without: bool) {
        self.page.execute(SetScriptExecutionDisabledParams::new(without)).await.unwrap();
    }

    /// Opens a page of the site.
    pub async fn go(&self, path: &str) {
        self.page.goto(format!("{}{path}", self.base)).await.unwrap();
    }

    /// Where it is, without the site's own part.
    pub async fn path(&self) -> String {
        let url = self.page.url().await.unwrap().unwrap_or_default();
        url.strip_prefix(&self.base).map_or(url.clone(), str::to_owned)
    }

    /// The value of an expression in the page.
    pub async fn js<T: DeserializeOwned>(&self, expression: &str) -> T {
        let value = self.page.evaluate(expression).await.unwrap_or_else(|error| panic!("{expression}: {error}"));
        value.into_value().unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    /// Waits until an expression is true, also over a change of the page.
    pub async fn until(&self, expression: &str) {
        let end = Instant::now() + PATIENCE;
        loop {
            let there = self.page.evaluate(expression).await.ok().and_then(|value| value.into_value::<bool>().ok());
            if there == Some(true) {
                return;
            }
            if Instant::now() > end {
                panic!("{expression} is not so at {}: {}", self.path().await, self.text().await);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// What a person reads.
    pub async fn text(&self) -> String {
        self.js("document.body.innerText").await
    }

    /// Types into a field that is empty.
    pub async fn fill(&self, selector: &str, text: &str) {
        self.page.find_element(selector).await.unwrap().click().await.unwrap().type_str(text).await.unwrap();
    }

    /// Chooses a file of this machine.
    pub async fn choose(&self, selector: &str, file: &Path) {
        let field = self.page.find_element(selector).await.unwrap();
        let chosen = SetFileInputFilesParams::builder().file(file.to_string_lossy()).node_id(field.node_id);
        self.page.execute(chosen.build().unwrap()).await.unwrap();
    }

    pub async fn press(&self, selector: &str) {
        self.page.find_element(selector).await.unwrap().click().await.unwrap();
    }

    /// Presses, and waits until another page is there whose address has that in it.
    pub async fn follow(&self, selector: &str, to: &str) {
        self.press(selector).await;
        self.until(&format!("location.href.includes({to:?}) && document.readyState === 'complete'")).await;
    }

    /// Whether the page is wider than the screen.
    pub async fn overflows(&self) -> bool {
        self.js("document.documentElement.scrollWidth > document.documentElement.clientWidth").await
    }

    /// What axe-core finds: the rule, and the first element.
    pub async fn axe(&self) -> Vec<String> {
        let axe = std::fs::read_to_string(installed("axe/node_modules/axe-core/axe.min.js")).unwrap();
        self.page.evaluate(axe).await.unwrap();
        self.js("axe.run(document, {resultTypes: ['violations']}).then(found => found.violations.map(one => \
             `${one.id} (${one.impact}): ${one.help}: ${one.nodes.map(node => node.html).slice(0, 3).join(' ')}`))")
            .await
    }

    /// Keeps a picture of what the screen shows, if the docs' pictures are being made (`PICTURES`); of the whole page with
    /// `PICTURES_WHOLE`.
    pub async fn picture(&self, name: &str) {
        if let Some(folder) = std::env::var_os("PICTURES") {
            let whole = std::env::var_os("PICTURES_WHOLE").is_some();
            let format = ScreenshotParams::builder().format(CaptureScreenshotFormat::Png).full_page(whole).build();
            self.page.save_screenshot(format, Path::new(&folder).join(format!("{name}.png"))).await.unwrap();
        }
    }

    /// What was asked for that is not the site's, and what went wrong, since the last time.
    pub fn complaints(&self) -> Vec<String> {
        let mut noted = self.noted.lock().unwrap();
        let mut complaints = std::mem::take(&mut noted.wrong);
        let ours = |url: &String| url.starts_with(&self.base) || url.starts_with("data:") || url == "about:blank";
        complaints.extend(noted.asked.drain(..).filter(|url| !ours(url)).map(|url| format!("asked for {url}")));
        complaints
    }
}

async fn note(page: &Page, noted: &Arc<Mutex<Noted>>) {
    page.execute(log::EnableParams::default()).await.unwrap();
    let mut asked = page.event_listener::<EventRequestWillBeSent>().await.unwrap();
    let mut thrown = page.event_listener::<EventExceptionThrown>().await.unwrap();
    let mut said = page.event_listener::<log::EventEntryAdded>().await.unwrap();
    let noted = noted.clone();
    tokio::spawn(async move {
        loop {
            tokio::select! {
                Some(event) = asked.next() => noted.lock().unwrap().asked.push(event.request.url.clone()),
                Some(event) = thrown.next() => noted.lock().unwrap().wrong.push(event.exception_details.text.clone()),
                Some(event) = said.next() => {
                    // A page that is not there is meant, where a test asks for one.
                    let entry = &event.entry;
                    if entry.level == log::LogEntryLevel::Error && entry.source != log::LogEntrySource::Network {
                        noted.lock().unwrap().wrong.push(entry.text.clone());
                    }
                }
                else => return,
            }
        }
    });
}

fn installed(path: &str) -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.parts");
    std::env::var_os("EARSHOT_PARTS").map_or_else(beside, PathBuf::from).join(path)
}
