//! The form of HAR 1.2, as far as we have something to say. What is required stands there always.

use serde::Serialize;

/// The only page of a visit.
pub(super) const PAGE: &str = "page_1";

#[derive(Debug, Serialize)]
pub(super) struct Log<'a> {
    pub version: &'static str,
    pub creator: Program<'a>,
    pub browser: Program<'a>,
    pub pages: [Page<'a>; 1],
    pub entries: Vec<Entry<'a>>,
    pub comment: &'static str,
}

#[derive(Debug, Serialize)]
pub(super) struct Program<'a> {
    pub name: &'a str,
    pub version: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page<'a> {
    pub started_date_time: String,
    pub id: &'static str,
    pub title: &'a str,
    pub page_timings: PageTimings,
}

/// -1: not known.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageTimings {
    pub on_content_load: i64,
    pub on_load: i64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry<'a> {
    pub pageref: &'static str,
    pub started_date_time: String,
    /// ms.
    pub time: f64,
    pub request: Request<'a>,
    pub response: Response<'a>,
    pub cache: Empty,
    pub timings: Timings,
    #[serde(rename = "serverIPAddress", skip_serializing_if = "Option::is_none")]
    pub server_ip_address: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    #[serde(rename = "_seq")]
    pub seq: u32,
    #[serde(rename = "_phase")]
    pub phase: &'static str,
    #[serde(rename = "_vendor", skip_serializing_if = "Option::is_none")]
    pub vendor: Option<&'a str>,
    #[serde(rename = "_seenBy")]
    pub seen_by: Vec<&'static str>,
    #[serde(rename = "_resourceType")]
    pub resource_type: &'static str,
    #[serde(rename = "_initiator")]
    pub initiator: Initiator<'a>,
    #[serde(rename = "_onLeave", skip_serializing_if = "std::ops::Not::not")]
    pub on_leave: bool,
    #[serde(rename = "_webSocketMessages", skip_serializing_if = "Vec::is_empty")]
    pub web_socket_messages: Vec<Message>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Request<'a> {
    pub method: &'a str,
    pub url: &'a str,
    pub http_version: &'static str,
    pub cookies: [(); 0],
    pub headers: Vec<Named>,
    pub query_string: Vec<Named>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post_data: Option<PostData>,
    /// -1: not known.
    pub headers_size: i64,
    pub body_size: i64,
}

#[derive(Debug, Serialize)]
pub(super) struct Named {
    pub name: String,
    pub value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<&'static str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PostData {
    pub mime_type: String,
    pub text: String,
    /// `base64`, for what is no text. HAR 1.2 has no word for that here.
    #[serde(rename = "_encoding", skip_serializing_if = "Option::is_none")]
    pub encoding: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Response<'a> {
    /// 0: nothing was answered.
    pub status: u16,
    pub status_text: &'static str,
    pub http_version: &'static str,
    pub cookies: [(); 0],
    pub headers: [(); 0],
    pub content: Content<'a>,
    #[serde(rename = "redirectURL")]
    pub redirect_url: &'a str,
    pub headers_size: i64,
    pub body_size: i64,
    #[serde(rename = "_error", skip_serializing_if = "Option::is_none")]
    pub error: Option<&'a str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Content<'a> {
    pub size: i64,
    pub mime_type: &'a str,
}

#[derive(Debug, Serialize)]
pub(super) struct Empty {}

#[derive(Debug, Serialize)]
pub(super) struct Timings {
    pub send: f64,
    pub wait: f64,
    pub receive: f64,
}

#[derive(Debug, Serialize)]
pub(super) struct Initiator<'a> {
    #[serde(rename = "type")]
    pub kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stack: Option<Stack<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Stack<'a> {
    pub call_frames: Vec<CallFrame<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CallFrame<'a> {
    pub function_name: &'a str,
    pub url: &'a str,
    pub line_number: u32,
    pub column_number: u32,
}

/// As Chrome writes them: what is no text (opcode 2) is base64.
#[derive(Debug, Serialize)]
pub(super) struct Message {
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Seconds since 1970.
    pub time: f64,
    pub opcode: u8,
    pub data: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}
