//! A user's file, held against the defaults.

use anyhow::{Context as _, Result, bail};

use super::DEFAULT;

/// The tables whose keys a user chooses.
const OPEN: [&str; 2] = ["site", "region"];

/// Parses a user's file alone over the defaults, because this parser names line and column.
pub(super) fn check(text: &str) -> Result<()> {
    let mut whole: toml::Table = toml::from_str(DEFAULT)?;
    // Not the error itself: it shows the line, and a password may stand there.
    let theirs: toml::Table = toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].lines().count().max(1));
        anyhow::anyhow!("line {line}: {}", error.message())
    })?;
    for (key, value) in theirs {
        let known =
            whole.get_mut(&key).with_context(|| format!("line {}: unknown key '{key}'", line_of(text, &key)))?;
        match (known, value) {
            // Its keys are the names of sites or regions; what stands below them is checked when it is read.
            (toml::Value::Table(known), toml::Value::Table(value)) if OPEN.contains(&key.as_str()) => {
                known.extend(value)
            }
            (toml::Value::Table(known), toml::Value::Table(value)) => {
                for (inner, value) in value {
                    let line = || line_of(text, &inner);
                    let Some(known) = known.get(&inner) else { bail!("line {}: unknown key '{key}.{inner}'", line()) };
                    let (wanted, given) = (known.type_str(), value.type_str());
                    if wanted != given {
                        bail!("line {}: '{key}.{inner}' must be of type {wanted}, not {given}", line());
                    }
                }
            }
            (known, value) if known.type_str() == value.type_str() => *known = value,
            (known, value) => bail!(
                "line {}: '{key}' must be of type {}, not {}",
                line_of(text, &key),
                known.type_str(),
                value.type_str()
            ),
        }
    }
    Ok(())
}

fn line_of(text: &str, key: &str) -> usize {
    let holds = |line: &str| {
        let line = line.trim_start().trim_start_matches('[').trim_start();
        line.strip_prefix(key).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    };
    text.lines().position(holds).map_or(0, |index| index + 1)
}
