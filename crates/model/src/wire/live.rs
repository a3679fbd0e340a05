//! What is told of a visit while it goes on.

use super::{
    MAX_LIVE,
    crawl::{outcome, to_outcome},
    fault::{Checked, Problem, each, fault, invalid, present, text, within, word},
    proto::{self, live_event::Fact as Form},
    road::Road,
    sets,
    visit::{moment, to_moment},
};
use crate::{Choice, Live, LiveEvent, LiveFact, PageTask};

impl Road for Live {
    const NOUN: &'static str = "live";
    type Form = proto::Live;

    fn to_form(&self) -> Self::Form {
        proto::Live {
            task: Some(self.task.to_form()),
            opened_at: Some(to_moment(self.opened_at)),
            clock_ms: self.clock_ms,
            first: self.first,
            events: self.events.iter().map(to_event).collect(),
        }
    }

    fn from_form(form: Self::Form) -> Checked<Self> {
        if form.clock_ms.is_some_and(|clock_ms| !clock_ms.is_finite()) {
            return invalid("clock_ms", "not a number of milliseconds");
        }
        Ok(Self {
            task: present("task", form.task, PageTask::from_form)?,
            opened_at: present("opened_at", form.opened_at, moment)?,
            clock_ms: form.clock_ms,
            first: form.first,
            events: each("events", MAX_LIVE, form.events, event)?,
        })
    }
}

fn to_event(event: &LiveEvent) -> proto::LiveEvent {
    let fact = match &event.fact {
        LiveFact::Opened => Form::Opened(proto::LiveOpened {}),
        LiveFact::Navigated => Form::Navigated(proto::LiveNavigated {}),
        LiveFact::Contact { address, transport } => Form::Contact(proto::LiveContact {
            address: address.clone(),
            transport: sets::to_transport(*transport).into(),
        }),
        LiveFact::Banner { source } => Form::Banner(proto::LiveBanner { source: source.clone() }),
        LiveFact::Choice(choice) => Form::Choice(proto::LiveChoice { accept: *choice == Choice::Accept }),
        LiveFact::Reload => Form::Reload(proto::LiveReload {}),
        LiveFact::Typing { field } => Form::Typing(proto::LiveTyping { field: field.clone() }),
        LiveFact::Typed { fields, met } => Form::Typed(proto::LiveTyped { fields: *fields, met: *met }),
        LiveFact::Picture { kind, jpeg } => {
            Form::Picture(proto::LivePicture { kind: sets::to_picture_kind(*kind).into(), jpeg: jpeg.clone() })
        }
        LiveFact::Ended(outcome) => Form::Ended(to_outcome(outcome)),
        LiveFact::BrokenOff => Form::BrokenOff(proto::LiveBrokenOff {}),
    };
    proto::LiveEvent { at_ms: event.at_ms, fact: Some(fact) }
}

fn event(form: proto::LiveEvent) -> Checked<LiveEvent> {
    if !form.at_ms.is_finite() {
        return invalid("at_ms", "not a number of milliseconds");
    }
    Ok(LiveEvent { at_ms: form.at_ms, fact: present("fact", form.fact, fact)? })
}

fn fact(form: Form) -> Checked<LiveFact> {
    Ok(match form {
        Form::Opened(_) => LiveFact::Opened,
        Form::Navigated(_) => LiveFact::Navigated,
        Form::Contact(form) => LiveFact::Contact {
            address: short("address", word("address", form.address)?)?,
            transport: sets::transport("transport", form.transport)?,
        },
        Form::Banner(form) => LiveFact::Banner { source: short("source", form.source)? },
        Form::Choice(form) => LiveFact::Choice(if form.accept { Choice::Accept } else { Choice::Reject }),
        Form::Reload(_) => LiveFact::Reload,
        Form::Typing(form) => LiveFact::Typing { field: short("field", form.field)? },
        Form::Typed(form) => LiveFact::Typed { fields: form.fields, met: form.met },
        Form::Picture(form) => {
            LiveFact::Picture { kind: sets::picture_kind("kind", form.kind)?, jpeg: small("jpeg", form.jpeg)? }
        }
        Form::Ended(form) => LiveFact::Ended(within("ended", outcome(form))?),
        Form::BrokenOff(_) => LiveFact::BrokenOff,
    })
}

fn short(field: &str, given: String) -> Checked<String> {
    match given.len() {
        len if len > LiveFact::ADDRESS => fault(field, Problem::TooMany { len, max: LiveFact::ADDRESS }),
        _ => text(field, given),
    }
}

fn small(field: &str, jpeg: Vec<u8>) -> Checked<Vec<u8>> {
    match jpeg.len() {
        len if len > LiveFact::PICTURE => fault(field, Problem::TooMany { len, max: LiveFact::PICTURE }),
        _ => Ok(jpeg),
    }
}
