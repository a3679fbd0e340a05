//! The browser under test.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use earshot_browser::{Browser, BrowserConfig, BrowserError, Dwell, Seen};
use earshot_egress::{Egress, EgressConfig};
use earshot_model::{Gap, GapKind, Lane, PageKind, PageTask, PageUrl, Profile, RunId};

use crate::turns::Turns;

/// Short, since the bench answers at once; long enough for a loaded machine.
pub const DWELL: Dwell =
    Dwell { min: Duration::from_millis(1_000), max: Duration::from_millis(4_000), quiet: Duration::from_millis(600) };

/// The binary under test. Without it there is nothing to test, which is a failure.
pub fn executable() -> PathBuf {
    let given = std::env::var_os("EARSHOT_CHROMIUM").map(PathBuf::from);
    let path = given.unwrap_or_else(|| BrowserConfig::default().executable);
    assert!(
        path.is_file(),
        "no Chromium at {}: install chromium-headless-shell or set EARSHOT_CHROMIUM to its binary",
        path.display()
    );
    path
}

/// How many browsers one test has at once, where it wants more than one.
pub const SOME: usize = 3;

/// A browser with one page has work for a tenth of a core or two.
static TURNS: Turns = Turns::new(4);

/// For the beginning of a test that keeps all cores busy, or that measures: no other has a browser meanwhile.
pub fn alone() {
    TURNS.alone();
}

pub fn config() -> BrowserConfig {
    TURNS.beside();
    BrowserConfig { executable: executable(), dwell: DWELL, tabs: 4, ..BrowserConfig::default() }
}

/// An egress that goes to loopback, too.
pub fn open_egress() -> Egress {
    Egress::new(EgressConfig { allow_private: true, ..EgressConfig::default() }).unwrap()
}

pub async fn launch(config: BrowserConfig) -> Browser {
    Browser::launch(config, open_egress()).await.unwrap()
}

pub fn task(url: &str) -> PageTask {
    let page = PageUrl::parse(url).unwrap();
    PageTask {
        run: RunId::new(),
        start: page.clone(),
        kind: PageKind::guess(&page),
        page,
        profile: Profile::Untouched,
        repetition: 0,
        lane: Lane::Bulk,
        region: None,
    }
}

pub async fn visit(browser: &Browser, url: &str) -> Result<Seen, BrowserError> {
    browser.visit(&task(url)).await
}

/// One visit by a browser of its own, which reads every message.
pub async fn see(url: &str) -> Seen {
    let browser = launch(config()).await;
    let seen = visit(&browser, url).await.unwrap();
    assert_eq!(browser.unparsed(), BTreeMap::new());
    browser.close().await;
    seen
}

pub fn has_gap(seen: &Seen, kind: GapKind) -> bool {
    seen.visit.gaps.iter().any(|gap: &Gap| gap.kind == kind)
}
