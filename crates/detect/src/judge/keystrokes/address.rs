//! Whether what was typed was sent as a part of the page's own address: sites that search while one types write it there,
//! and from there it goes to everybody who is told on which page one is.

use url::Url;

use super::{outgoing::Outgoing, typed::Typed};
use crate::leak::Leak;

/// How much of what was sent is looked at before the place where something was found: addresses are shorter.
const MAX_ADDRESS: usize = 2048;

/// How often percent-encoding is taken off: an address within an address within an address.
const MAX_LAYERS: usize = 3;

/// Whether that place lies within an address of the page that asks. What is packed cannot be told from outside.
pub(super) fn holds(outgoing: &Outgoing, leak: &Leak, typed: &Typed) -> bool {
    if outgoing.part == "header:referer" {
        return true;
    }
    let text = typed.canary.text().to_lowercase();
    let Some(address) = beginning(&outgoing.event.frame, &text) else { return false };
    let from = leak.bytes.start.saturating_sub(MAX_ADDRESS);
    let Some(sent) = outgoing.bytes.get(from..leak.bytes.end) else { return false };
    plain(&String::from_utf8_lossy(sent)).ends_with(&address)
}

/// The page's address from its host to the end of what was typed, if that stands in it.
fn beginning(page: &str, text: &str) -> Option<String> {
    let url = Url::parse(page).ok()?;
    let address = plain(page.split_once("://")?.1);
    let end = address.find(text)? + text.len();
    address.starts_with(url.host_str()?).then(|| address[..end].to_owned())
}

/// In lower case, without percent-encoding, with blanks for `+`.
fn plain(text: &str) -> String {
    let mut text = text.to_lowercase().replace('+', " ");
    for _ in 0..MAX_LAYERS {
        let decoded = percent_encoding::percent_decode_str(&text).decode_utf8_lossy().to_lowercase().replace('+', " ");
        if decoded == text {
            break;
        }
        text = decoded;
    }
    text
}
