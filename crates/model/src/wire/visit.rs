//! A visit.

use jiff::Timestamp;

use super::{
    MAX_EVENTS, MAX_GAPS, MAX_PICTURES,
    crawl::{outcome, to_outcome},
    event,
    fault::{Checked, each, invalid, maybe, maybe_text, parsed, present, text, word},
    proto,
    road::Road,
    sets,
};
use crate::{Certificate, Gap, Identity, PageTask, Picture, PictureKind, Served, Visit};

impl Road for Visit {
    const NOUN: &'static str = "visit";
    type Form = proto::Visit;

    fn to_form(&self) -> Self::Form {
        proto::Visit {
            task: Some(self.task.to_form()),
            started_at: Some(to_moment(self.started_at)),
            took_ms: self.took_ms,
            final_url: self.final_url.as_ref().map(ToString::to_string),
            outcome: Some(to_outcome(&self.outcome)),
            identity: Some(to_identity(&self.identity)),
            events: self.events.iter().map(event::to_event).collect(),
            gaps: self.gaps.iter().map(to_gap).collect(),
            screenshot: None,
            pictures: self.pictures.iter().map(to_picture).collect(),
            served: Some(to_served(&self.served)),
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
            pictures: pictures(form.screenshot, form.pictures)?,
            served: maybe("served", form.served, served)?.unwrap_or_default(),
        })
    }
}

pub(super) fn to_moment(at: Timestamp) -> proto::Moment {
    proto::Moment { seconds: at.as_second(), nanos: at.subsec_nanosecond() }
}

pub(super) fn moment(form: proto::Moment) -> Checked<Timestamp> {
    Timestamp::new(form.seconds, form.nanos).or_else(|error| invalid("", error))
}

fn to_identity(identity: &Identity) -> proto::Identity {
    proto::Identity {
        browser: identity.browser.clone(),
        user_agent: identity.user_agent.clone(),
        third_party_cookies: identity.third_party_cookies,
        earshot: identity.earshot.clone(),
        egress: identity.egress.clone(),
    }
}

/// Its texts may be empty: a browser that died at once never told its version.
fn identity(form: proto::Identity) -> Checked<Identity> {
    Ok(Identity {
        browser: text("browser", form.browser)?,
        user_agent: text("user_agent", form.user_agent)?,
        third_party_cookies: form.third_party_cookies,
        earshot: text("earshot", form.earshot)?,
        egress: text("egress", form.egress)?,
    })
}

fn to_gap(gap: &Gap) -> proto::Gap {
    proto::Gap { kind: sets::to_gap_kind(gap.kind).into(), detail: gap.detail.clone() }
}

fn gap(form: proto::Gap) -> Checked<Gap> {
    Ok(Gap { kind: sets::gap_kind("kind", form.kind)?, detail: text("detail", form.detail)? })
}

fn to_picture(picture: &Picture) -> proto::Picture {
    let kind = sets::to_picture_kind(picture.kind).into();
    proto::Picture { kind, at_ms: picture.at_ms, key: picture.key.clone() }
}

/// Earlier versions took one picture, at the end.
fn pictures(earlier: Option<String>, forms: Vec<proto::Picture>) -> Checked<Vec<Picture>> {
    match maybe_text("screenshot", earlier)?.filter(|key| !key.is_empty() && forms.is_empty()) {
        Some(key) => Ok(vec![Picture { kind: PictureKind::End, at_ms: None, key }]),
        None => each("pictures", MAX_PICTURES, forms, picture),
    }
}

fn picture(form: proto::Picture) -> Checked<Picture> {
    if form.at_ms.is_some_and(|at_ms| !at_ms.is_finite()) {
        return invalid("at_ms", "not a number of milliseconds");
    }
    Ok(Picture { kind: sets::picture_kind("kind", form.kind)?, at_ms: form.at_ms, key: word("key", form.key)? })
}

fn to_served(served: &Served) -> proto::Served {
    let to_certificate = |certificate: &Certificate| proto::Certificate {
        protocol: certificate.protocol.clone(),
        subject: certificate.subject.clone(),
        issuer: certificate.issuer.clone(),
        valid_from: Some(to_moment(certificate.valid_from)),
        valid_until: Some(to_moment(certificate.valid_until)),
        sha256: certificate.sha256.clone(),
    };
    proto::Served { address: served.address.clone(), certificate: served.certificate.as_ref().map(to_certificate) }
}

fn served(form: proto::Served) -> Checked<Served> {
    Ok(Served {
        address: maybe_text("address", form.address)?,
        certificate: maybe("certificate", form.certificate, certificate)?,
    })
}

fn certificate(form: proto::Certificate) -> Checked<Certificate> {
    Ok(Certificate {
        protocol: text("protocol", form.protocol)?,
        subject: text("subject", form.subject)?,
        issuer: text("issuer", form.issuer)?,
        valid_from: present("valid_from", form.valid_from, moment)?,
        valid_until: present("valid_until", form.valid_until, moment)?,
        sha256: text("sha256", form.sha256)?,
    })
}
