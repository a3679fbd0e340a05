//! `earshot evidence check`.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use earshot_evidence::{PublicKey, check};
use serde_json::json;

use super::verdict;
use crate::{cli::ListFormat, exit::Exit, terminal};

pub(super) fn run(file: &Path, key: Option<&str>, format: ListFormat) -> Result<Exit> {
    let expected = key.map(fingerprint).transpose().context("--key")?;
    let checked = check(file, expected.as_deref())?;
    let text = match format {
        ListFormat::Text => verdict::text(&checked, file, expected.as_deref()),
        ListFormat::Json => {
            let document = json!({ "holds": checked.holds(), "key_given": expected, "checked": checked });
            serde_json::to_string_pretty(&document)? + "\n"
        }
    };
    terminal::print(&text)?;
    Ok(if checked.holds() { Exit::Done } else { Exit::Broken })
}

/// Of a file with a public key, or as it was given.
fn fingerprint(key: &str) -> Result<String> {
    let path = Path::new(key);
    if path.is_file() {
        let pem = std::fs::read_to_string(path).with_context(|| format!("cannot read {key}"))?;
        let public = PublicKey::from_pem(&pem)
            .context("it holds no public key; the one that signs has it beside it, in .pub")?;
        return Ok(public.fingerprint());
    }
    let digits = key.to_ascii_lowercase();
    match digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        true => Ok(digits),
        false => bail!("'{key}' is neither a file nor a fingerprint of 64 hex digits"),
    }
}

#[cfg(test)]
mod tests {
    use earshot_evidence::SigningKey;

    use super::*;

    #[test]
    fn a_key_is_given_by_its_file_or_its_fingerprint() {
        let dir = tempfile::tempdir().unwrap();
        let (path, key) = (dir.path().join("k.pem"), SigningKey::generate().unwrap());
        key.write_new(&path).unwrap();
        let expected = key.public().fingerprint();
        assert_eq!(fingerprint(path.with_extension("pub").to_str().unwrap()).unwrap(), expected);
        assert_eq!(fingerprint(&expected.to_uppercase()).unwrap(), expected);
        let error = format!("{:#}", fingerprint(path.to_str().unwrap()).unwrap_err());
        assert!(error.contains("no public key") && !error.contains("PRIVATE"), "{error}");
        assert!(fingerprint("abc").is_err());
    }
}
