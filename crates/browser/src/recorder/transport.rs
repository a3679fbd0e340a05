use chromiumoxide::cdp::browser_protocol::network::ResourceType;
use earshot_model::Transport;

/// The transport that CDP's resource type means.
pub(super) fn of(kind: Option<&ResourceType>) -> Transport {
    match kind {
        Some(ResourceType::Document) => Transport::Document,
        Some(ResourceType::Script) => Transport::Script,
        Some(ResourceType::Stylesheet) => Transport::Style,
        Some(ResourceType::Font) => Transport::Font,
        Some(ResourceType::Image) => Transport::Image,
        Some(ResourceType::Media | ResourceType::TextTrack) => Transport::Media,
        Some(ResourceType::Fetch) => Transport::Fetch,
        Some(ResourceType::Xhr) => Transport::Xhr,
        Some(ResourceType::Ping) => Transport::Beacon,
        Some(ResourceType::WebSocket) => Transport::WebSocket,
        Some(ResourceType::EventSource) => Transport::EventSource,
        Some(ResourceType::Preflight) => Transport::Preflight,
        Some(
            ResourceType::Prefetch
            | ResourceType::Manifest
            | ResourceType::SignedExchange
            | ResourceType::CspViolationReport
            | ResourceType::FedCm
            | ResourceType::Other,
        )
        | None => Transport::Other,
    }
}
