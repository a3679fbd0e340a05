//! Every file of the catalogue, and what is refused as one.

use std::{collections::BTreeSet, fs, path::Path};

use earshot_detect::{Catalogue, Category, DetectError, HostRule};
use earshot_model::Exposure;
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

#[test]
fn every_guide_ends_in_a_check_and_shows_code() {
    for vendor in CATALOGUE.vendors() {
        let steps: Vec<_> =
            vendor.guide.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit())).collect();
        let number = |step: &&str| step.split('.').next().unwrap().parse::<usize>().unwrap();
        assert!(steps.iter().map(number).eq(1..=steps.len()), "{}: steps are not numbered 1, 2, 3", vendor.id);
        assert!(steps.len() >= 2, "{}: too few steps", vendor.id);
        assert!(steps.last().unwrap().contains("Re-scan with Earshot"), "{}: last step", vendor.id);
        assert!(vendor.guide.contains("```"), "{}: no snippet", vendor.id);
        assert!(vendor.guide.matches("```").count().is_multiple_of(2), "{}: an open code block", vendor.id);
    }
}

#[test]
fn every_entry_agrees_with_itself() {
    for vendor in CATALOGUE.vendors() {
        let harmless = matches!(vendor.category, Category::Cmp | Category::Infrastructure);
        assert_eq!(vendor.exposure == Exposure::None, harmless, "{}", vendor.id);
        assert!(harmless || !vendor.hears.is_empty(), "{}: hears nothing", vendor.id);
        assert!(vendor.first_upload_ms.is_none() || !vendor.uploads.is_empty(), "{}: waits for no address", vendor.id);
        for pattern in &vendor.hosts {
            let host = match &pattern.host {
                HostRule::Exact(host) | HostRule::Below(host) => host.clone(),
                HostRule::Any => continue,
            };
            let url = Url::parse(&format!("https://{host}/{}", pattern.path.iter().map(|_| "x/").collect::<String>()))
                .unwrap();
            if pattern.path.is_empty() {
                assert_eq!(CATALOGUE.owner(&url).map(|owner| &owner.id), Some(&vendor.id), "{pattern}");
            }
        }
    }
}

#[test]
fn uploads_go_to_the_vendors_own_hosts() {
    for vendor in CATALOGUE.vendors() {
        for upload in &vendor.uploads {
            let own = upload.host == HostRule::Any
                || vendor.hosts.iter().any(|host| match (&host.host, &upload.host) {
                    (HostRule::Below(suffix), HostRule::Exact(name) | HostRule::Below(name)) => {
                        HostRule::Below(suffix.clone()).matches(name) || HostRule::Below(name.clone()).matches(suffix)
                    }
                    (HostRule::Exact(name), upload) => upload.matches(name),
                    _ => false,
                });
            assert!(own, "{}: nobody would ask for {upload}", vendor.id);
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
        ("\"analytics\"", "\"spying\"", "unknown variant `spying`"),
        ("\"tracker\"", "\"unknown\"", "acme.md: exposure:"),
        ("[\"*.acme.test\"]", "[]", "acme.md: hosts: empty"),
        ("*.acme.test", "https://acme.test", "acme.md: hosts: 'https:'"),
        ("docs =", "cookies = [\"*\"]\ndocs =", "acme.md: cookies: '*'"),
        ("docs =", "storage = [\"_a\"]\ndocs =", "acme.md: storage: '_a'"),
        ("docs =", "uploads = [\"*/*\"]\ndocs =", "acme.md: uploads: '*/*'"),
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
        matches!(error, DetectError::OwnedTwice { ref file, ref owner, .. } if file == "bcme.md" && owner == "acme"),
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
