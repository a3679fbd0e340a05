//! What we put into fields, and what that is waited for and compared with.

use earshot_model::{Direction, Entry, Fact, Site, Witness};
use tokio::time::Instant;

use super::{Recorder, draft::Slot};

/// A request that was seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Contact<'a> {
    pub url: &'a str,
    pub at_ms: f64,
    /// Whether it carried something: a body, or a socket's frame.
    pub carries: bool,
}

impl Recorder {
    /// Writes down that something was put into a field of the document at `address`, beginning at `at_ms`. Who tells of it
    /// is the browser: it took the keys.
    pub(crate) fn entered(&mut self, address: &str, at_ms: f64, entry: Entry) {
        let address = address.split('#').next().unwrap_or_default();
        self.draft.add(Witness::Browser, Some(at_ms), address, Fact::Entry(entry));
    }

    /// The offset of a moment on a page's own clock, in ms since the epoch.
    pub(crate) fn page_ms(&self, ms_since_epoch: f64) -> f64 {
        self.clock.wall(ms_since_epoch)
    }

    /// The offset of a moment on our clock.
    pub(crate) fn our_ms(&self, at: Instant) -> f64 {
        self.clock.heard(at)
    }

    /// All requests and socket frames that were sent, from that slot on, and the slot after the last.
    pub(crate) fn contacts(&self, from: Slot) -> (impl Iterator<Item = Contact<'_>>, Slot) {
        let contacts = (from..self.draft.len()).filter_map(|slot| self.contact(slot));
        (contacts, self.draft.len())
    }

    fn contact(&self, slot: Slot) -> Option<Contact<'_>> {
        let at_ms = self.draft.moment(slot)?;
        match self.draft.fact(slot)? {
            Fact::Request(request) => {
                let carries = request.body.is_some() || self.owed.contains(&slot);
                Some(Contact { url: &request.url, at_ms, carries })
            }
            Fact::SocketFrame(frame) if frame.direction == Direction::Sent => {
                Some(Contact { url: self.url_at(frame.request)?, at_ms, carries: true })
            }
            _ => None,
        }
    }

    /// What was sent to hosts that are not of that site: bodies and socket frames.
    pub(crate) fn sent_elsewhere(&self, site: &Site) -> impl Iterator<Item = &[u8]> {
        let is_elsewhere = move |url: &str| {
            let host = url::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
            host.and_then(|host| Site::of_host_or_itself(&host)).is_some_and(|of| of != *site)
        };
        self.draft.facts().filter_map(move |fact| match fact {
            Fact::Request(request) if is_elsewhere(&request.url) => Some(request.body.as_ref()?.excerpt.as_slice()),
            Fact::SocketFrame(frame) if frame.direction == Direction::Sent => {
                is_elsewhere(self.url_at(frame.request)?).then_some(frame.body.excerpt.as_slice())
            }
            _ => None,
        })
    }

    /// The address of the request in a slot.
    fn url_at(&self, slot: u32) -> Option<&str> {
        match self.draft.fact(slot as Slot)? {
            Fact::Request(request) => Some(&request.url),
            _ => None,
        }
    }
}
