//! Bodies as text, within a bound for the whole document.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use earshot_model::Body;

/// Most text of bodies in one document: viewers read such a file whole. `facts.pb` has all that was kept.
const MAX_TEXT: usize = 8 * 1024 * 1024;

/// What is left of the bound.
pub(super) struct Budget(usize);

/// A body as it can stand in JSON.
pub(super) struct Text {
    pub text: String,
    pub is_base64: bool,
    /// What is not there of it.
    pub comment: Option<String>,
}

impl Default for Budget {
    fn default() -> Self {
        Self(MAX_TEXT)
    }
}

impl Budget {
    pub fn spend(&mut self, body: &Body) -> Text {
        let kept = &body.excerpt;
        let (text, is_base64) = match std::str::from_utf8(kept) {
            Ok(text) => (text.to_owned(), false),
            Err(_) => (BASE64_STANDARD.encode(kept), true),
        };
        if text.len() > self.0 {
            let comment = format!("{} bytes are left out here; facts.pb has the first {}", body.size, kept.len());
            return Text { text: String::new(), is_base64: false, comment: Some(comment) };
        }
        self.0 -= text.len();
        let cut = || format!("the first {} of {} bytes", kept.len(), body.size);
        Text { text, is_base64, comment: (!body.is_whole()).then(cut) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_said() {
        let body = |excerpt: &[u8], size| Body { size, excerpt: excerpt.to_vec() };
        let mut budget = Budget(10);
        let text = budget.spend(&body(b"abcdef", 6));
        assert_eq!((text.text.as_str(), text.is_base64, text.comment), ("abcdef", false, None));
        let text = budget.spend(&body(&[0xff], 3));
        assert_eq!((text.text.as_str(), text.is_base64), ("/w==", true));
        assert_eq!(text.comment.unwrap(), "the first 1 of 3 bytes");
        let text = budget.spend(&body(b"x", 1));
        assert_eq!(text.text, "");
        assert_eq!(text.comment.unwrap(), "1 bytes are left out here; facts.pb has the first 1");
    }
}
