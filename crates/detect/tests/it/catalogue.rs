//! Every file of the catalogue, and what is refused as one.

use std::{collections::BTreeSet, fs, path::Path};

use earshot_detect::{Catalogue, DetectError, HostRule};
use url::Url;

use crate::visit::CATALOGUE;

const FRONT: &str = r#"+++
id = "acme"
name = "Acme"
company = "Acme"
category = "analytics"
exposure = "tracker"
hosts = ["*.acme.test"]
consent = "none"
docs = "none"
confidence = "confirmed"
sources = ["this test"]
examples = ["https://acme.test/"]
strangers = ["https://ac.test/"]
+++
"#;
const GUIDE: &str = "## What it hears\n\n## Why it matters before consent\n\n## How to gate it\n";

fn acme(from: &str, to: &str) -> String {
    format!("{FRONT}{GUIDE}").replace(from, to)
}

#[test]
fn every_file_of_the_folder_is_in_the_catalogue() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("catalogue");
    let files: BTreeSet<_> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    let entries: BTreeSet<_> = CATALOGUE.vendors().iter().map(|vendor| format!("{}.md", vendor.id)).collect();
    assert_eq!(files, entries);
    assert!(entries.len() >= 45, "{}", entries.len());
}

/// Every example is the vendor's, every stranger is not, every account rule gives its id: see `Catalogue::lint`.
#[test]
fn no_file_has_a_problem() {
    let problems: Vec<_> = Catalogue::lint_built_in().iter().map(ToString::to_string).collect();
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

/// The vendors that most sites have: their guides are complete.
const COMMON: &[&str] = &[
    "adobe-analytics",
    "adobe-launch",
    "adobe-web-sdk",
    "adroll",
    "amazon-ads",
    "amplitude",
    "attentive",
    "bing-uet",
    "cloudflare-insights",
    "contentsquare",
    "crazy-egg",
    "crisp",
    "criteo",
    "datadog-rum",
    "drift",
    "floodlight",
    "fullstory",
    "google-ads",
    "google-analytics",
    "google-publisher-tag",
    "google-recaptcha",
    "google-tag-manager",
    "heap",
    "hotjar",
    "hubspot",
    "inspectlet",
    "intercom",
    "klaviyo",
    "linkedin-insight",
    "livechat",
    "liveperson",
    "logrocket",
    "lucky-orange",
    "mailchimp",
    "marketo",
    "matomo",
    "meta-pixel",
    "microsoft-clarity",
    "mixpanel",
    "mouseflow",
    "new-relic",
    "openreplay",
    "optimizely",
    "outbrain",
    "pendo",
    "pinterest-tag",
    "plausible",
    "posthog",
    "quantum-metric",
    "quora-pixel",
    "reddit-pixel",
    "segment",
    "sentry-replay",
    "smartlook",
    "snap-pixel",
    "taboola",
    "tawk-to",
    "tealium",
    "tidio",
    "tiktok-pixel",
    "trade-desk",
    "vwo",
    "x-pixel",
    "yandex-metrica",
    "zendesk",
];

#[test]
fn the_guides_of_the_most_common_vendors_are_complete() {
    let vendors = CATALOGUE.vendors().iter();
    let lacking: Vec<_> = vendors.clone().map(|vendor| (vendor.id.as_str(), vendor.guide_lacks())).collect();
    let lacking: Vec<_> = lacking.iter().filter(|(id, lacks)| COMMON.contains(id) && !lacks.is_empty()).collect();
    assert!(lacking.is_empty(), "{} guides lack something:\n{lacking:#?}", lacking.len());
    assert!(COMMON.iter().all(|id| CATALOGUE.get(id).is_some()));
    assert!(vendors.filter(|vendor| vendor.is_complete()).count() >= COMMON.len());
}

#[test]
fn every_host_without_a_path_is_its_vendors() {
    for vendor in CATALOGUE.vendors() {
        for pattern in vendor.hosts.iter().filter(|pattern| pattern.path.is_empty()) {
            let (HostRule::Exact(host) | HostRule::Below(host)) = &pattern.host else { continue };
            let url = Url::parse(&format!("https://{host}/")).unwrap();
            assert_eq!(CATALOGUE.owner(&url).map(|owner| &owner.id), Some(&vendor.id), "{pattern}");
        }
    }
}

#[test]
fn a_wrong_file_is_refused_with_its_name_and_field() {
    for (from, to, said) in [
        ("+++\nid", "id", "acme.md: no front matter"),
        ("id = \"acme\"", "id = \"acme2\"", "acme.md: id: 'acme2' is not the file's name"),
        ("name =", "nam =", "unknown field `nam`"),
        ("company = \"Acme\"\n", "", "missing field `company`"),
        ("examples = [\"https://acme.test/\"]\n", "", "missing field `examples`"),
        ("strangers = [\"https://ac.test/\"]\n", "", "missing field `strangers`"),
        ("\"analytics\"", "\"spying\"", "unknown variant `spying`"),
        ("\"tracker\"", "\"unknown\"", "acme.md: exposure:"),
        ("[\"*.acme.test\"]", "[]", "acme.md: hosts: empty"),
        ("\"*.acme.test\"", "\"https://acme.test\"", "acme.md: hosts: 'https:'"),
        ("docs =", "cookies = [\"*\"]\ndocs =", "acme.md: cookies: '*'"),
        ("docs =", "storage = [\"_a\"]\ndocs =", "acme.md: storage: '_a'"),
        ("docs =", "uploads = [\"*/*\"]\ndocs =", "acme.md: uploads: '*/*'"),
        ("docs =", "cnames = [\"*\"]\ndocs =", "acme.md: cnames: '*'"),
        ("docs =", "accounts = [{ name = \"p\", url = \"acme.test\" }]\ndocs =", "acme.md: accounts: 'p'"),
        ("docs =", "accounts = [{ nam = \"p\" }]\ndocs =", "unknown field `nam`"),
        ("docs =", "signatures = [{ path = \"p\" }]\ndocs =", "acme.md: signatures: path 'p' alone"),
        ("docs =", "signatures = [{ path = \"p\", cookie = [] }]\ndocs =", "unknown field `cookie`"),
        ("## How to gate it", "## How to", "acme.md: guide: no '## How to gate it'"),
        (
            "## What it hears\n\n## Why it matters before consent",
            "## Why it matters before consent\n\n## What it hears",
            "guide: no '## Why",
        ),
    ] {
        let text = acme(from, to);
        assert_ne!(text, acme("", ""), "{from}");
        let error = Catalogue::parse([("acme.md", text.as_str())]).expect_err(to).to_string();
        assert!(error.contains(said) && error.contains("acme.md"), "{error}");
    }
}

#[test]
fn an_address_has_one_owner() {
    let (first, second) = (acme("", ""), acme("\"acme\"", "\"bcme\""));
    let error = Catalogue::parse([("acme.md", first.as_str()), ("bcme.md", second.as_str())]).unwrap_err();
    assert!(
        matches!(error, DetectError::OwnedTwice { ref file, ref owner, field: "hosts", .. } if file == "bcme.md" && owner == "acme"),
        "{error}"
    );
    let second = second.replace("*.acme.test", "acme.test");
    assert!(
        Catalogue::parse([("acme.md", first.as_str()), ("bcme.md", second.as_str())]).is_ok(),
        "an exact host is another pattern"
    );
}

#[test]
fn the_most_specific_pattern_wins() {
    let entry = |id: &str, hosts: &str| acme("\"acme\"", &format!("\"{id}\"")).replace("\"*.acme.test\"", hosts);
    let files = [
        ("wide.md", entry("wide", r#""*.acme.test", "*/track.js""#)),
        ("deep.md", entry("deep", r#""*.eu.acme.test""#)),
        ("exact.md", entry("exact", r#""www.acme.test""#)),
        ("path.md", entry("path", r#""www.acme.test/tr", "*.acme.test/tr/x""#)),
    ];
    let catalogue = Catalogue::parse(files.iter().map(|(name, text)| (*name, text.as_str()))).unwrap();
    for (url, owner) in [
        ("https://acme.test/", Some("wide")),
        ("https://a.b.acme.test/tr", Some("wide")),
        ("https://a.b.acme.test/tr/x/1", Some("path")),
        ("https://eu.acme.test/tr/x", Some("deep")),
        ("https://www.acme.test/other", Some("exact")),
        ("https://www.acme.test/tr?x", Some("path")),
        ("https://other.test/track.js", Some("wide")),
        ("https://other.test/lib/track.js", None),
    ] {
        let found = catalogue.owner(&Url::parse(url).unwrap()).map(|vendor| vendor.id.as_str());
        assert_eq!(found, owner, "{url}");
    }
}

#[test]
fn lint_names_every_problem_of_every_file() {
    let shown = acme("", "").replace("\"analytics\"", "\"cmp\"").replace("\"tracker\"", "\"none\"")
        + "\n1. Do.\n\n```js\n```\n\n2. Verify: `earshot verify YOUR_DOMAIN --vendor acme`.\n";
    let lint = |files: &[(&str, &str)]| -> Vec<String> {
        Catalogue::lint(files.iter().copied()).iter().map(ToString::to_string).collect()
    };
    assert_eq!(lint(&[("acme.md", &shown)]), Vec::<String>::new());
    for (from, to, said) in [
        ("[\"https://acme.test/\"]", "[]", "examples: none given"),
        ("[\"https://ac.test/\"]", "[]", "strangers: none given"),
        ("https://acme.test/", "https://acme.example/", "examples: 'https://acme.example/' belongs to nobody"),
        ("https://ac.test/", "https://www.acme.test/x", "strangers: 'https://www.acme.test/x' belongs to acme"),
        ("https://ac.test/", "ac.test", "strangers: 'ac.test' is no address"),
        ("\"cmp\"", "\"chat\"", "exposure: 'none' is for"),
        ("\"this test\"", "\"general knowledge\"", "confidence: 'confirmed' needs"),
        ("docs =", "first_upload_ms = 1\ndocs =", "first_upload_ms: there is no upload"),
        ("docs =", "uploads = [\"up.test/x\"]\ndocs =", "uploads: 'up.test/x' is at none"),
        ("docs =", "accounts = [{ name = \"p\", url = \"acme.test/{id}\" }]\ndocs =", "accounts: 'p': give an example"),
        (
            "docs =",
            "accounts = [{ name = \"p\", url = \"acme.test/{id}\", example = \"https://acme.test/\", id = \"1\" }]\ndocs =",
            "accounts: 'p': 'https://acme.test/' does not give '1'",
        ),
        ("2. Verify", "3. Verify", "guide: its steps"),
        ("docs =", "doc =", "unknown field `doc`"),
    ] {
        let text = shown.replace(from, to);
        assert_ne!(text, shown, "{from}");
        let problems = lint(&[("acme.md", &text)]);
        assert!(problems.iter().any(|problem| problem.contains(said) && problem.contains("acme.md")), "{problems:?}");
    }
    for (names, said) in [
        ("cookies = [\"ab*\"]", Some("cookies: 'ab*' has too few")),
        ("storage = [\"local:*ab\"]", Some("storage: '*ab' has too few")),
        ("cookies = [\"abc*\", \"ab\"]", None),
    ] {
        let problems = lint(&[("acme.md", &shown.replace("docs =", &format!("{names}\ndocs =")))]);
        assert_eq!(problems.is_empty(), said.is_none(), "{problems:?}");
        assert!(said.is_none_or(|said| problems[0].contains(said)), "{problems:?}");
    }
    let stores = |id: &str, company: &str, names: &str| {
        let text = shown.replace("acme", id).replace("\"ac.test", "\"x.test").replace("\"Acme\"", company);
        text.replace("docs =", &format!("{names}\ndocs ="))
    };
    for (company, names, covered) in [
        ("\"Bcme\"", "cookies = [\"_lr_env\"]", true),
        ("\"Bcme\"", "cookies = [\"_lr_env*\"]", true),
        ("\"Bcme\"", "cookies = [\"_lr_*\"]", false),
        ("\"Bcme\"", "storage = [\"local:_lr_env\"]", false),
        ("\"Acme\"", "cookies = [\"_lr_env\"]", false),
    ] {
        let (wide, other) = (stores("acme", "\"Acme\"", "cookies = [\"_lr_*\"]"), stores("bcme", company, names));
        let problems = lint(&[("acme.md", &wide), ("bcme.md", &other)]);
        assert_eq!(problems.iter().any(|problem| problem.contains("of bcme")), covered, "{names}: {problems:?}");
    }
    let account = "accounts = [{ name = \"p\", url = \"*.acme.test/e\", json = \"key\", \
                   example = '{\"batch\":[{\"key\":\"k1\"}]}', id = \"k1\" }]\ndocs =";
    assert_eq!(lint(&[("acme.md", &shown.replace("docs =", account))]), Vec::<String>::new());
    let second = shown.replace("\"acme\"", "\"bcme\"").replace("https://ac.test/", "oops");
    let second = second.replace("--vendor acme", "--vendor bcme");
    let problems = lint(&[("acme.md", &shown.replace("docs =", "doc =")), ("bcme.md", &second)]);
    assert_eq!(problems.len(), 2, "one of each file: {problems:?}");
    let problems = lint(&[("acme.md", &shown), ("bcme.md", &second)]);
    assert!(problems[0].contains("hosts: '*.acme.test' is already owned by acme"), "{problems:?}");
}

#[test]
fn the_longest_name_behind_a_cname_wins() {
    let entry = |id: &str, cnames: &str| {
        acme("\"acme\"", &format!("\"{id}\""))
            .replace("*.acme.test", &format!("{id}.test"))
            .replace("docs =", &format!("cnames = {cnames}\ndocs ="))
    };
    let files = [
        ("wide.md", entry("wide", r#"["*.data.test"]"#)),
        ("deep.md", entry("deep", r#"["*.eu.data.test", "in.data.test"]"#)),
    ];
    let catalogue = Catalogue::parse(files.iter().map(|(name, text)| (*name, text.as_str()))).unwrap();
    for (name, owner) in [
        ("x.data.test", Some("wide")),
        ("Shop.EU.data.test.", Some("deep")),
        ("in.data.test", Some("deep")),
        ("a.in.data.test", Some("wide")),
        ("notdata.test", None),
        ("wide.test", None),
    ] {
        assert_eq!(catalogue.behind(name).map(|vendor| vendor.id.as_str()), owner, "{name}");
    }
    let twice = entry("late", r#"["*.data.test"]"#);
    let error = Catalogue::parse([("late.md", twice.as_str()), (files[0].0, files[0].1.as_str())]).unwrap_err();
    assert!(error.to_string().contains("cnames: '*.data.test' is already owned by late"), "{error}");
}

/// Two vendors, one host: the path tells.
#[test]
fn two_vendors_on_one_host_are_told_apart() {
    for (url, owner) in [
        ("https://www.google.com/pagead/1p-user-list/1/", "google-ads"),
        ("https://www.google.com/recaptcha/api.js", "google-recaptcha"),
        ("https://www.gstatic.com/recaptcha/releases/a/b.js", "google-recaptcha"),
        ("https://www.gstatic.com/charts/loader.js", "google-static"),
        ("https://stats.g.doubleclick.net/g/collect", "google-analytics"),
        ("https://googleads.g.doubleclick.net/pagead/id", "google-ads"),
        ("https://bat.bing.com/action/0?ti=1", "bing-uet"),
        ("https://c.bing.com/c.gif", "microsoft-id-sync"),
        ("https://c.clarity.ms/c.gif", "microsoft-clarity"),
        ("https://assets.adobedtm.com/launch-EN1.min.js", "adobe-launch"),
        ("https://edge.adobedc.net/ee/v1/interact", "adobe-web-sdk"),
        ("https://shop.data.adobedc.net/b/ss/shop/1", "adobe-analytics"),
        ("https://dpm.demdex.net/id", "adobe-audience-manager"),
        ("https://adobedc.demdex.net/ee/v1/interact", "adobe-web-sdk"),
        ("https://connect.facebook.net/en_US/fbevents.js", "meta-pixel"),
        ("https://connect.facebook.net/en_US/sdk.js", "facebook-sdk"),
        ("https://googleads.g.doubleclick.net/pagead/ads?client=1", "google-publisher-tag"),
        ("https://cm.g.doubleclick.net/pixel", "google-cookie-matching"),
        ("https://tags.tiqcdn.com/utag/acme/main/prod/utag.js", "tealium"),
        ("https://js.hs-scripts.com/1.js", "hubspot"),
        ("https://js.usemessages.com/conversations-embed.js", "hubspot-chat"),
    ] {
        let found = CATALOGUE.owner(&Url::parse(url).unwrap()).map(|vendor| vendor.id.as_str());
        assert_eq!(found, Some(owner), "{url}");
    }
}
