//! A crawl, and the outcome that it shares with a visit.

use super::{
    MAX_PAGES,
    fault::{Checked, Problem, each, parsed, present, status, text, within},
    proto::{self, outcome::Kind},
    road::Road,
    sets,
};
use crate::{Crawl, Outcome, PageKind, PageUrl};

impl Road for Crawl {
    const NOUN: &'static str = "crawl";
    type Form = proto::Crawl;

    fn to_form(&self) -> Self::Form {
        proto::Crawl {
            run: self.run.to_string(),
            start: self.start.to_string(),
            outcome: Some(to_outcome(&self.outcome)),
            pages: self.pages.iter().map(to_chosen).collect(),
            discovered: self.discovered,
            took_ms: self.took_ms,
        }
    }

    fn from_form(form: Self::Form) -> Checked<Self> {
        Ok(Self {
            run: parsed("run", &form.run)?,
            start: parsed("start", &form.start)?,
            outcome: present("outcome", form.outcome, outcome)?,
            pages: each("pages", MAX_PAGES, form.pages, chosen)?,
            discovered: form.discovered,
            took_ms: form.took_ms,
        })
    }
}

fn to_chosen((page, kind): &(PageUrl, PageKind)) -> proto::ChosenPage {
    proto::ChosenPage { page: page.to_string(), kind: sets::to_page_kind(*kind).into() }
}

fn chosen(form: proto::ChosenPage) -> Checked<(PageUrl, PageKind)> {
    Ok((parsed("page", &form.page)?, sets::page_kind("kind", form.kind)?))
}

pub(super) fn to_outcome(outcome: &Outcome) -> proto::Outcome {
    use proto::outcome as form;
    let kind = match outcome.clone() {
        Outcome::Loaded { status } => Kind::Loaded(form::Loaded { status: status.into() }),
        Outcome::Blocked { status, reason } => {
            Kind::Blocked(form::Blocked { status: status.into(), reason: sets::to_block_reason(reason).into() })
        }
        Outcome::HttpError { status } => Kind::HttpError(form::HttpError { status: status.into() }),
        Outcome::Refused { reason } => Kind::Refused(form::Refused { reason: sets::to_refusal_reason(reason).into() }),
        Outcome::Unreachable { error } => Kind::Unreachable(form::Unreachable { error }),
        Outcome::TimedOut { after_ms } => Kind::TimedOut(form::TimedOut { after_ms }),
        Outcome::Crashed { detail } => Kind::Crashed(form::Crashed { detail }),
        Outcome::Partial { status, detail } => Kind::Partial(form::Partial { status: status.into(), detail }),
        Outcome::Parked { status, sign } => Kind::Parked(form::Parked { status: status.into(), sign }),
        Outcome::OffSite { status, to } => Kind::OffSite(form::OffSite { status: status.into(), to }),
        Outcome::Lost { detail } => Kind::Lost(form::Lost { detail }),
        Outcome::SetAside { detail } => Kind::SetAside(form::SetAside { detail }),
        Outcome::NotAPage { detail } => Kind::NotAPage(form::NotAPage { detail }),
    };
    proto::Outcome { kind: Some(kind) }
}

pub(super) fn outcome(form: proto::Outcome) -> Checked<Outcome> {
    Ok(match form.kind.ok_or(Problem::Missing)? {
        Kind::Loaded(form) => Outcome::Loaded { status: within("loaded", status(form.status))? },
        Kind::HttpError(form) => Outcome::HttpError { status: within("http_error", status(form.status))? },
        Kind::Blocked(form) => within("blocked", blocked(&form))?,
        Kind::Refused(form) => {
            Outcome::Refused { reason: within("refused", sets::refusal_reason("reason", form.reason))? }
        }
        Kind::Unreachable(form) => Outcome::Unreachable { error: within("unreachable", text("error", form.error))? },
        Kind::TimedOut(form) => Outcome::TimedOut { after_ms: form.after_ms },
        Kind::Crashed(form) => Outcome::Crashed { detail: within("crashed", text("detail", form.detail))? },
        Kind::Partial(form) => within("partial", partial(form))?,
        Kind::Parked(form) => within("parked", parked(form))?,
        Kind::OffSite(form) => within("off_site", off_site(form))?,
        Kind::Lost(form) => Outcome::Lost { detail: within("lost", text("detail", form.detail))? },
        Kind::SetAside(form) => Outcome::SetAside { detail: within("set_aside", text("detail", form.detail))? },
        Kind::NotAPage(form) => Outcome::NotAPage { detail: within("not_a_page", text("detail", form.detail))? },
    })
}

fn blocked(form: &proto::outcome::Blocked) -> Checked<Outcome> {
    Ok(Outcome::Blocked { status: status(form.status)?, reason: sets::block_reason("reason", form.reason)? })
}

fn partial(form: proto::outcome::Partial) -> Checked<Outcome> {
    Ok(Outcome::Partial { status: status(form.status)?, detail: text("detail", form.detail)? })
}

fn parked(form: proto::outcome::Parked) -> Checked<Outcome> {
    Ok(Outcome::Parked { status: status(form.status)?, sign: text("sign", form.sign)? })
}

fn off_site(form: proto::outcome::OffSite) -> Checked<Outcome> {
    Ok(Outcome::OffSite { status: status(form.status)?, to: text("to", form.to)? })
}
