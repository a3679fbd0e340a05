//! The shape of a finding in the JSON form, for its schema: `earshot_model::Finding` as serde writes it.

use std::collections::BTreeMap;

use schemars::JsonSchema;

/// A judgement over one visit, with the event that proves it.
#[derive(JsonSchema)]
#[schemars(rename = "Finding")]
#[allow(dead_code, reason = "only its schema is used")]
pub(super) struct FindingForm {
    /// Derived from (visit, rule, vendor).
    id: String,
    /// The run.
    run: String,
    /// The visit.
    visit: String,
    /// The visited site.
    site: String,
    /// The visited page.
    page: String,
    /// What is said: `pre_consent_contact`, `fingerprinting`, `listening`, `keystrokes`, `despite_reject`, `after_accept` (nothing
    /// is wrong with that), `under_gpc`, `cookieless_ping`, `consent_mode_ignored`, `no_banner` or `no_reject`.
    rule: String,
    /// Catalogue id, or the registrable domain of a stranger.
    vendor: String,
    /// What people call it.
    vendor_name: String,
    /// What it does.
    category: String,
    /// `content`, `tracker`, `unknown` or `none`.
    exposure: String,
    /// The first contact, or the first call of what the rule is about; ms since navigation start.
    first_contact_ms: f64,
    /// Number of the event that proves it.
    proof: u32,
    /// Address of the request, or of the script, that proves it.
    proof_url: String,
    /// How many requests went to the vendor.
    requests: u32,
    /// What it was sent.
    upload: UploadForm,
    /// What it stored: `cookie:_clck`.
    stored: Vec<String>,
    /// How much it hears of what is typed on this page, `K0` to `K6`; none where nothing was typed, or where what it was
    /// sent could not all be seen.
    grade: Option<String>,
    /// What it hears of each field; for the rule `keystrokes`.
    heard: Vec<HeardForm>,
    /// Whose account it works for: `project:abc123`.
    accounts: Vec<String>,
    /// How it came into the page, if that was seen.
    install: Option<InstallForm>,
    /// Scripts and tag containers on the way to it, from the page downwards.
    brought_by: Vec<String>,
    /// Under which other name it hides, if it does.
    disguise: Option<DisguiseForm>,
    /// Registrable domains of the frames that it ran in.
    frames: Vec<String>,
    /// What its scripts listen to: `keydown document`.
    listens: Vec<String>,
    /// Form fields that its scripts read.
    reads: Vec<String>,
    /// Techniques by which its scripts tell browsers apart.
    fingerprints: Vec<String>,
    /// What else its own traffic says of itself: `script_version`, `upload_host`, …
    details: BTreeMap<String, Vec<String>>,
}

/// What went to a vendor in request bodies and socket frames.
#[derive(JsonSchema)]
#[schemars(rename = "Upload")]
#[allow(dead_code, reason = "only its schema is used")]
struct UploadForm {
    /// How many had a body.
    count: u32,
    /// Their bytes as sent.
    wire_bytes: u64,
    /// Their bytes once unpacked.
    decoded_bytes: u64,
}

/// What one party hears of one field.
#[derive(JsonSchema)]
#[schemars(rename = "Heard")]
#[allow(dead_code, reason = "only its schema is used")]
struct HeardForm {
    /// The field, as a short selector.
    field: String,
    /// What it asks for: `email`, `name`, …
    kind: String,
    /// Number of the event of typing into it.
    entry: u32,
    /// `K0` nothing, `K1` listens, `K2` reads, `K3` when and how long, `K4` a hash or checksum, `K5` the text after the
    /// field was left, `K6` the text while it was typed.
    grade: String,
    /// In which form: `whole`, `sha256 of …`, `masked, …`.
    form: String,
    /// Whether many values share that form.
    weak: bool,
    /// By which way it came there: `taken` from the field; `page_address`, which the page wrote it into; `own_frame`, in
    /// which the field stands.
    way: String,
    /// How many events show it.
    times: u32,
    /// Where that can be seen; none for `K0`.
    proof: Option<ProofForm>,
}

/// Where it can be seen that somebody hears.
#[derive(JsonSchema)]
#[schemars(rename = "Proof")]
#[allow(dead_code, reason = "only its schema is used")]
struct ProofForm {
    /// Number of the event.
    event: u32,
    /// Address of the request, or of the script that listens or reads.
    url: String,
    /// `body`, `url`, `header:NAME` or `frame`; empty where nothing was sent.
    part: String,
    /// First byte of it in that part as sent, and the byte after the last.
    bytes: (u64, u64),
    /// How it was wrapped, from outside in.
    chain: Vec<String>,
    /// First byte of it in the innermost layer, and the byte after the last.
    inner: (u64, u64),
    /// The key or parameter that it stands under; may be empty.
    name: String,
    /// The scripts that sent it, listen or read, innermost first.
    stack: Vec<FrameForm>,
    /// Where the visitor stood with consent.
    phase: String,
    /// When: ms since navigation start.
    at_ms: f64,
    /// When: ms since the first key in the field.
    since_first_key_ms: f64,
}

/// One line of a stack.
#[derive(JsonSchema)]
#[schemars(rename = "ScriptFrame")]
#[allow(dead_code, reason = "only its schema is used")]
struct FrameForm {
    /// Address of the script.
    url: String,
    /// The function's name; empty for an anonymous one.
    function: String,
    /// Line, from 0.
    line: u32,
    /// Column, from 0.
    column: u32,
}

/// How something came into a page.
#[derive(JsonSchema)]
#[schemars(rename = "Install")]
#[allow(dead_code, reason = "only its schema is used")]
struct InstallForm {
    /// `markup`, `inline`, `site_script`, `tag_manager`, `data_platform`, `plugin`, `platform` or `other_vendor`.
    route: String,
    /// The id of a container, the name of a plug-in, the address of a script; may be empty.
    name: String,
}

/// A name that is not the vendor's own.
#[derive(JsonSchema)]
#[schemars(rename = "Disguise")]
#[allow(dead_code, reason = "only its schema is used")]
struct DisguiseForm {
    /// `cname`, `proxy` or `server_side_tagging`.
    kind: String,
    /// The host that the page asks.
    host: String,
    /// For a CNAME, the names that it leads through.
    chain: Vec<String>,
    /// By what it was recognised.
    sign: String,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use crate::sample;

    fn names(object: &Value) -> BTreeSet<&str> {
        object.as_object().unwrap().keys().map(String::as_str).collect()
    }

    #[test]
    fn the_schema_has_the_fields_that_a_finding_has() {
        let schema = crate::report::json_schema();
        let finding = serde_json::to_value(sample::keystrokes("clarity")).unwrap();
        for (definition, object) in [
            ("Finding", &finding),
            ("Upload", &finding["upload"]),
            ("Install", &finding["install"]),
            ("Disguise", &finding["disguise"]),
            ("Heard", &finding["heard"][0]),
            ("Proof", &finding["heard"][0]["proof"]),
            ("ScriptFrame", &finding["heard"][0]["proof"]["stack"][0]),
        ] {
            assert_eq!(names(&schema["$defs"][definition]["properties"]), names(object), "{definition}");
        }
    }
}
