//! DuckDuckGo's Autoconsent: the rules by which the banners of consent platforms are answered, and the script that applies
//! them, which we run in an isolated world of every document. It only acts when it is told to.
//!
//! Source of the protocol: its own `docs/api.md` and `lib/messages.ts` (version 16).

use std::{fs, path::Path, sync::Arc};

use chromiumoxide::cdp::{
    browser_protocol::page::AddScriptToEvaluateOnNewDocumentParams,
    js_protocol::runtime::{AddBindingParams, EvaluateParams, ExecutionContextId},
};
use earshot_model::Choice;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{BrowserError, bounds, setup::random_name};

/// The files beside `package.json`.
const SCRIPT: &str = "autoconsent.playwright.js";
const RULES: &str = "rules.json";

/// Longest message that is read; its own have some hundred bytes, those with code to evaluate a few thousand.
const LONGEST: usize = 256 * 1024;

/// How often it looks for a platform, each half a second: as long as a page is watched before the choice.
const RETRIES: u32 = 40;

/// Autoconsent as it is installed. Cheap to clone.
#[derive(Clone)]
pub struct Chooser(Arc<Files>);

struct Files {
    version: String,
    script: String,
    /// The rules for pages, as JSON.
    page: String,
    /// Those that may apply in frames.
    frames: String,
}

#[derive(Deserialize)]
struct Package {
    version: String,
}

#[derive(Deserialize)]
struct Rules {
    autoconsent: Vec<Value>,
}

/// Autoconsent on one visit. Its names are random, although no page can look for them.
#[derive(Clone)]
pub(crate) struct Agent {
    chooser: Chooser,
    world: String,
    pub channel: String,
}

/// What it says, as far as we listen.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub(crate) enum Message {
    /// It has begun in a document, and asks for its rules.
    Init {
        #[serde(default)]
        top: bool,
    },
    /// It wants something evaluated in the page's own world.
    Eval { id: String, code: String },
    /// A platform's banner is open.
    PopupFound { cmp: String },
    /// What came of a refusal. Of one layer, if [`Message::AutoconsentDone`] does not follow.
    #[serde(rename_all = "camelCase")]
    OptOutResult {
        result: bool,
        /// Whether the rule can test what it did.
        #[serde(default)]
        schedule_self_test: bool,
    },
    /// What came of an agreement.
    OptInResult { result: bool },
    /// The choice is made, as far as the rule knows.
    AutoconsentDone,
    /// Whether what it did can be seen.
    SelfTestResult { result: bool },
    /// Anything else.
    #[serde(other)]
    Other,
}

impl Chooser {
    /// Reads it from beside its `package.json`.
    ///
    /// # Errors
    /// [`BrowserError::Autoconsent`], which names the file.
    pub fn load(package: &Path) -> Result<Self, BrowserError> {
        let read = |path: &Path| {
            fs::read_to_string(path)
                .map_err(|error| BrowserError::Autoconsent { file: path.to_owned(), detail: error.to_string() })
        };
        let unreadable = |path: &Path| {
            let file = path.to_owned();
            move |error: serde_json::Error| BrowserError::Autoconsent { file, detail: error.to_string() }
        };
        let rules = package.with_file_name(RULES);
        let Package { version } = serde_json::from_str(&read(package)?).map_err(unreadable(package))?;
        let Rules { autoconsent: mut all } = serde_json::from_str(&read(&rules)?).map_err(unreadable(&rules))?;
        // A rule that does the same for both makes a notice go away, and refuses nothing.
        all.retain(|rule| rule["optOut"] != rule["optIn"]);
        let in_frames: Vec<_> = all.iter().filter(|rule| rule["runContext"]["frame"] == true).collect();
        let frames = json!({ "autoconsent": in_frames }).to_string();
        let in_page = |rule: &&Value| rule["runContext"]["main"] != false;
        let page = json!({ "autoconsent": all.iter().filter(in_page).collect::<Vec<_>>() }).to_string();
        let script = read(&package.with_file_name(SCRIPT))?;
        Ok(Self(Arc::new(Files { version, script, page, frames })))
    }

    /// Its version.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.0.version
    }
}

impl std::fmt::Debug for Chooser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Chooser").field("version", &self.0.version).finish_non_exhaustive()
    }
}

impl Agent {
    pub(crate) fn new(chooser: &Chooser) -> Self {
        Self { chooser: chooser.clone(), world: random_name(), channel: random_name() }
    }

    /// The function by which it tells us. It is heard only where the runtime is enabled.
    pub(crate) fn binding(&self) -> AddBindingParams {
        AddBindingParams { execution_context_name: Some(self.world.clone()), ..AddBindingParams::new(&self.channel) }
    }

    /// The script, for every document of a session.
    pub(crate) fn script(&self) -> AddScriptToEvaluateOnNewDocumentParams {
        AddScriptToEvaluateOnNewDocumentParams {
            world_name: Some(self.world.clone()),
            run_immediately: Some(true),
            ..AddScriptToEvaluateOnNewDocumentParams::new(self.source())
        }
    }

    /// The blank document before a page's first one may share its world: it must not begin there.
    fn source(&self) -> String {
        let Self { chooser, channel, .. } = self;
        format!(
            "(() => {{\nconst send = globalThis[\"{channel}\"];\n\
             if (typeof send !== \"function\" || !/^https?:/.test(location.href)) return;\n\
             globalThis.autoconsentSendMessage = async (message) => {{ send(JSON.stringify({{ ...message, top: parent === window }})); }};\n\
             {}\n}})();",
            chooser.0.script
        )
    }

    /// What it is answered when it begins. It chooses nothing by itself; what only hides a banner is no choice.
    pub(crate) fn rules(&self, context: ExecutionContextId, top: bool) -> EvaluateParams {
        let Files { page, frames, .. } = &*self.chooser.0;
        let config = json!({
            "enabled": true,
            "autoAction": null,
            "disabledCmps": [],
            "enablePrehide": false,
            "enableCosmeticRules": false,
            "enableGeneratedRules": true,
            "enableHeuristicDetection": true,
            "heuristicMode": "reject",
            "detectRetries": RETRIES,
            "isMainWorld": false,
            "visualTest": false,
            "logs": {},
        });
        let rules = if top { page } else { frames };
        receive(context, &format!("{{ type: \"initResp\", config: {config}, rules: {rules} }}"))
    }

    /// What its code evaluated to.
    pub(crate) fn evaluated(context: ExecutionContextId, id: &str, result: bool) -> EvaluateParams {
        receive(context, &json!({ "type": "evalResp", "id": id, "result": result }).to_string())
    }

    /// Tells it to choose.
    pub(crate) fn choose(context: ExecutionContextId, choice: Choice) -> EvaluateParams {
        let kind = match choice {
            Choice::Reject => "optOut",
            Choice::Accept => "optIn",
        };
        receive(context, &json!({ "type": kind }).to_string())
    }

    /// Tells it to test what it did.
    pub(crate) fn test(context: ExecutionContextId) -> EvaluateParams {
        receive(context, &json!({ "type": "selfTest" }).to_string())
    }
}

fn receive(context: ExecutionContextId, message: &str) -> EvaluateParams {
    EvaluateParams {
        context_id: Some(context),
        silent: Some(true),
        ..EvaluateParams::new(format!("void globalThis.autoconsentReceiveMessage?.({message}).catch(() => {{}})"))
    }
}

impl Message {
    /// `None` if it is none of its.
    pub(crate) fn parse(payload: &str) -> Option<Self> {
        (payload.len() <= LONGEST).then(|| serde_json::from_str(payload).ok()).flatten()
    }

    /// A platform's name as it is kept.
    pub(crate) fn name(cmp: &str) -> String {
        bounds::cut(cmp, bounds::NAME).to_ascii_lowercase()
    }
}
