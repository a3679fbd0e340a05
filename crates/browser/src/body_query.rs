//! `Network.getRequestPostData` as Chromium answers it: our library's form of the answer does not know
//! `base64Encoded`, so that binary bodies would be taken for text.

use std::borrow::Cow;

use base64::{Engine, prelude::BASE64_STANDARD};
use chromiumoxide::{
    cdp::browser_protocol::network::RequestId,
    types::{Command, Method, MethodId},
};
use serde::{Deserialize, Serialize};

/// Asks for a body that an event did not tell.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GetRequestPostData {
    pub request_id: RequestId,
}

/// The body.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequestPostData {
    post_data: String,
    #[serde(default)]
    base64_encoded: bool,
}

impl Method for GetRequestPostData {
    fn identifier(&self) -> MethodId {
        Cow::Borrowed("Network.getRequestPostData")
    }
}

impl Command for GetRequestPostData {
    type Response = RequestPostData;
}

impl RequestPostData {
    /// The exact bytes; `None` if they are not what they say.
    pub(crate) fn bytes(self) -> Option<Vec<u8>> {
        if self.base64_encoded {
            BASE64_STANDARD.decode(self.post_data).ok()
        } else {
            Some(self.post_data.into_bytes())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(json: &str) -> Option<Vec<u8>> {
        serde_json::from_str::<RequestPostData>(json).unwrap().bytes()
    }

    #[test]
    fn text_and_binary_are_told_apart() {
        assert_eq!(bytes(r#"{"postData":"H4s="}"#).unwrap(), b"H4s=");
        assert_eq!(bytes(r#"{"postData":"H4s=","base64Encoded":true}"#).unwrap(), [0x1f, 0x8b]);
        assert_eq!(bytes(r#"{"postData":"?","base64Encoded":true}"#), None);
    }
}
