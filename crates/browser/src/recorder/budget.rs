//! How much of a visit is kept: events by kind, the text in them, and bodies. What a message may weigh is fixed
//! ([`earshot_model`]'s wire: 32 MiB), so the sum of these has to stay below, whatever a page does.

use std::collections::BTreeMap;

use earshot_model::{Body, Fact, Header, ScriptFrame};

use crate::bounds;

/// What an encoded string, number or message costs beside its bytes: tag and length.
const FIELD: usize = 4;

/// What was spent so far.
#[derive(Debug, Default)]
pub(super) struct Budget {
    /// Events kept, by the share that they belong to.
    events: BTreeMap<Share, usize>,
    /// Bytes of text kept.
    text: usize,
    /// Bytes of bodies kept.
    bodies: usize,
    /// Events that were dropped, by kind.
    lost: BTreeMap<&'static str, u32>,
    /// Requests whose headers or stacks were left out.
    slimmed: u32,
}

/// Kinds that are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Share {
    Requests,
    Answers,
    Frames,
    Rest,
    Found,
}

impl Budget {
    /// Whether there is room for an event. A request is made to fit if it can be: without headers, and with the
    /// innermost line of its stack only.
    pub(super) fn admit(&mut self, frame: &str, fact: &mut Fact) -> bool {
        let share = Share::of(fact);
        let count = self.events.entry(share).or_default();
        let admitted = *count < share.events() && {
            let room = share.text().saturating_sub(self.text);
            frame.len() + weight(fact) <= room || {
                self.slimmed += u32::from(slim(fact));
                frame.len() + weight(fact) <= room
            }
        };
        if admitted {
            *count += 1;
            self.text += frame.len() + weight(fact);
        } else {
            *self.lost.entry(fact.as_str()).or_default() += 1;
        }
        admitted
    }

    /// How many of a body's bytes may be kept.
    pub(super) fn body(&mut self, size: usize) -> usize {
        let room = Body::MAX_EXCERPT.min(bounds::BODIES.saturating_sub(self.bodies));
        self.bodies += size.min(room);
        size.min(room)
    }

    /// Whether headers may take the place of others.
    pub(super) fn exchange(&mut self, old: &[Header], new: &[Header]) -> bool {
        let after = (self.text + of_headers(new)).saturating_sub(of_headers(old));
        let fits = after <= Share::Requests.text();
        if fits {
            self.text = after;
        } else {
            self.slimmed += 1;
        }
        fits
    }

    /// What was dropped, for people.
    pub(super) fn lost(&self) -> Vec<String> {
        let dropped = |(kind, count): (&&str, &u32)| format!("{count} events of the kind '{kind}' were dropped");
        let slimmed =
            (self.slimmed > 0).then(|| format!("{} requests without headers or the whole stack", self.slimmed));
        self.lost.iter().map(dropped).chain(slimmed).collect()
    }
}

impl Share {
    fn of(fact: &Fact) -> Self {
        match fact {
            Fact::Request(_) => Self::Requests,
            Fact::Response(_) | Fact::Failed { .. } => Self::Answers,
            Fact::SocketFrame(_) => Self::Frames,
            Fact::Cookie(_) | Fact::Storage(_) | Fact::Listener(_) | Fact::FieldRead(_) | Fact::ApiCall(_) => {
                Self::Rest
            }
            // There are a dozen entries and steps of consent at most, and without them nothing that was heard can be proved.
            Fact::Alias(_) | Fact::Mark(_) | Fact::Entry(_) | Fact::Consent(_) => Self::Found,
        }
    }

    fn events(self) -> usize {
        match self {
            Self::Requests => bounds::REQUESTS,
            Self::Answers => bounds::ANSWERS,
            Self::Frames => bounds::FRAMES,
            Self::Rest => bounds::REST,
            Self::Found => bounds::FOUND,
        }
    }

    /// Up to which use of the text budget its events are kept: what is told of a request counts more than its answer.
    fn text(self) -> usize {
        match self {
            Self::Requests | Self::Found => bounds::TEXT,
            Self::Answers | Self::Frames | Self::Rest => bounds::TEXT / 4 * 3,
        }
    }
}

/// Takes off a request what it can do without. Whether there was anything.
fn slim(fact: &mut Fact) -> bool {
    let Fact::Request(request) = fact else { return false };
    let slimmed = !request.headers.is_empty() || request.initiator.stack.len() > 1;
    request.headers = Vec::new();
    request.initiator.stack.truncate(1);
    slimmed
}

/// About the bytes of an event's text when it is encoded, bodies left out.
fn weight(fact: &Fact) -> usize {
    let own = match fact {
        Fact::Request(request) => {
            let initiator = request.initiator.kind.len() + request.initiator.url.as_ref().map_or(0, String::len);
            request.url.len() + request.method.len() + initiator + of_headers(&request.headers)
        }
        Fact::Response(response) => response.mime.len(),
        Fact::Failed { error, .. } => error.len(),
        Fact::Cookie(cookie) => cookie.name.len() + cookie.domain.len() + cookie.path.len(),
        Fact::Storage(write) => write.origin.len() + write.key.len(),
        Fact::Alias(alias) => alias.host.len() + alias.chain.iter().map(|name| name.len() + FIELD).sum::<usize>(),
        Fact::Mark(mark) => mark.name.len() + mark.value.len(),
        Fact::Listener(listener) => listener.event.len() + listener.target.len(),
        Fact::FieldRead(read) => read.field.len(),
        Fact::Entry(entry) => entry.field.len(),
        Fact::ApiCall(call) => call.api.len() + call.detail.len(),
        Fact::Consent(step) => {
            let buttons = step.buttons.iter().map(|button| button.text.len() + 2 * FIELD);
            step.source.len() + step.value.len() + buttons.sum::<usize>()
        }
        Fact::SocketFrame(_) => 0,
    };
    own + 8 * FIELD + fact.stack().iter().map(of_line).sum::<usize>()
}

fn of_line(line: &ScriptFrame) -> usize {
    line.url.len() + line.function.len() + 5 * FIELD
}

fn of_headers(headers: &[Header]) -> usize {
    headers.iter().map(|header| header.name.len() + header.value.as_ref().map_or(0, String::len) + 3 * FIELD).sum()
}

#[cfg(test)]
mod tests {
    use earshot_model::{Request, Response};

    use super::*;

    fn request(header: usize) -> Fact {
        let headers = vec![Header::new("x", &"y".repeat(header))];
        Fact::Request(Request { headers, ..Request::default() })
    }

    #[test]
    fn a_request_without_its_headers_is_better_than_none() {
        let mut budget = Budget::default();
        assert!(budget.admit("", &mut request(bounds::TEXT - 1_000)));
        assert!(!budget.admit("", &mut Fact::Response(Response::default())));
        let mut second = request(2_000);
        assert!(budget.admit("", &mut second));
        assert!(matches!(second, Fact::Request(request) if request.headers.is_empty()));
        assert!(!budget.exchange(&[], &[Header::new("x", &"y".repeat(2_000))]));
        let lost = ["1 events of the kind 'response' were dropped", "2 requests without headers or the whole stack"];
        assert_eq!(budget.lost(), lost);
    }

    #[test]
    fn a_visit_stays_below_what_a_message_may_weigh() {
        let events = bounds::REQUESTS + bounds::ANSWERS + bounds::FRAMES + bounds::REST + bounds::FOUND;
        // Numbers, times and nesting of an event, measured at 40 bytes; and gaps of a kilobyte.
        assert!(bounds::TEXT + bounds::BODIES + events * 64 + 20 * bounds::GAPS * bounds::ADDRESS < 30 * 1024 * 1024);
    }
}
