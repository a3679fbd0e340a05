//! A visit.

use jiff::Timestamp;

use super::{
    MAX_EVENTS, MAX_GAPS,
    crawl::{outcome, to_outcome},
    event,
    fault::{Checked, each, invalid, maybe_text, parsed, present, text},
    proto,
    road::Road,
    sets,
};
use crate::{Gap, Identity, PageTask, Visit};

impl Road for Visit {
    const NOUN: &'static str = "visit";
    type Form = proto::Visit;

    fn to_form(&self) -> Self::Form {
        proto::Visit {
            task: Some(self.task.to_form()),
            started_at: Some(proto::Moment {
                seconds: self.started_at.as_second(),
                nanos: self.started_at.subsec_nanosecond(),
            }),
            took_ms: self.took_ms,
            final_url: self.final_url.as_ref().map(ToString::to_string),
            outcome: Some(to_outcome(&self.outcome)),
            identity: Some(to_identity(&self.identity)),
            events: self.events.iter().map(event::to_event).collect(),
            gaps: self.gaps.iter().map(to_gap).collect(),
            screenshot: self.screenshot.clone(),
        }
    }

    fn from_form(form: Self::Form) -> Checked<Self> {
        let events = each("events", MAX_EVENTS, form.events, event::event)?;
        event::check_order(&events)?;
        Ok(Self {
            task: present("task", form.task, PageTask::from_form)?,
            started_at: present("started_at", form.started_at, moment)?,
            took_ms: form.took_ms,
            final_url: form.final_url.map(|url| parsed("final_url", &url)).transpose()?,
            outcome: present("outcome", form.outcome, outcome)?,
            identity: present("identity", form.identity, identity)?,
            events,
            gaps: each("gaps", MAX_GAPS, form.gaps, gap)?,
            screenshot: maybe_text("screenshot", form.screenshot)?,
        })
    }
}

fn moment(form: proto::Moment) -> Checked<Timestamp> {
    Timestamp::new(form.seconds, form.nanos).or_else(|error| invalid("", error))
}

fn to_identity(identity: &Identity) -> proto::Identity {
    proto::Identity {
        browser: identity.browser.clone(),
        user_agent: identity.user_agent.clone(),
        third_party_cookies: identity.third_party_cookies,
        earshot: identity.earshot.clone(),
    }
}

/// Its texts may be empty: a browser that died at once never told its version.
fn identity(form: proto::Identity) -> Checked<Identity> {
    Ok(Identity {
        browser: text("browser", form.browser)?,
        user_agent: text("user_agent", form.user_agent)?,
        third_party_cookies: form.third_party_cookies,
        earshot: text("earshot", form.earshot)?,
    })
}

fn to_gap(gap: &Gap) -> proto::Gap {
    proto::Gap { kind: sets::to_gap_kind(gap.kind).into(), detail: gap.detail.clone() }
}

fn gap(form: proto::Gap) -> Checked<Gap> {
    Ok(Gap { kind: sets::gap_kind("kind", form.kind)?, detail: text("detail", form.detail)? })
}
