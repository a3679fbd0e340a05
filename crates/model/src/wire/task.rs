//! Tasks.

use super::{
    MAX_PAGES, MAX_PROFILES, MAX_REPETITIONS,
    fault::{Checked, Problem, each, fault, invalid, parsed, present},
    proto,
    road::Road,
    sets,
};
use crate::{PageTask, Region, SeedTask, Target};

impl Road for SeedTask {
    const NOUN: &'static str = "seed_task";
    type Form = proto::SeedTask;

    fn to_form(&self) -> Self::Form {
        proto::SeedTask {
            run: self.run.to_string(),
            target: Some(to_target(&self.target)),
            pages: self.pages,
            profiles: self.profiles.iter().map(|profile| sets::to_profile(*profile).into()).collect(),
            lane: sets::to_lane(self.lane).into(),
            repetitions: self.repetitions,
            region: to_region(self.region.as_ref()),
        }
    }

    fn from_form(form: Self::Form) -> Checked<Self> {
        if form.profiles.is_empty() {
            return fault("profiles", Problem::Missing);
        }
        if form.pages == 0 || form.pages as usize > MAX_PAGES {
            return invalid("pages", format!("{} is not within 1..={MAX_PAGES}", form.pages));
        }
        if form.repetitions > MAX_REPETITIONS {
            return invalid("repetitions", format!("{} is more than {MAX_REPETITIONS}", form.repetitions));
        }
        Ok(Self {
            run: parsed("run", &form.run)?,
            target: present("target", form.target, target)?,
            pages: form.pages,
            profiles: each("profiles", MAX_PROFILES, form.profiles, |value| sets::profile("", value))?,
            lane: sets::lane("lane", form.lane)?,
            // Earlier versions asked for one visit without saying so.
            repetitions: form.repetitions.max(1),
            region: region("region", &form.region)?,
        })
    }
}

fn to_region(region: Option<&Region>) -> String {
    region.map_or_else(String::new, Region::to_string)
}

/// Earlier versions knew no regions.
fn region(field: &str, text: &str) -> Checked<Option<Region>> {
    if text.is_empty() { Ok(None) } else { parsed(field, text).map(Some) }
}

fn to_target(target: &Target) -> proto::Target {
    proto::Target {
        start: target.start.to_string(),
        scheme_given: target.scheme_given,
        only_this_page: target.only_this_page,
    }
}

fn target(form: proto::Target) -> Checked<Target> {
    Ok(Target {
        start: parsed("start", &form.start)?,
        scheme_given: form.scheme_given,
        only_this_page: form.only_this_page,
    })
}

impl Road for PageTask {
    const NOUN: &'static str = "page_task";
    type Form = proto::PageTask;

    fn to_form(&self) -> Self::Form {
        proto::PageTask {
            run: self.run.to_string(),
            start: self.start.to_string(),
            page: self.page.to_string(),
            kind: sets::to_page_kind(self.kind).into(),
            profile: sets::to_profile(self.profile).into(),
            repetition: self.repetition,
            lane: sets::to_lane(self.lane).into(),
            region: to_region(self.region.as_ref()),
        }
    }

    fn from_form(form: Self::Form) -> Checked<Self> {
        Ok(Self {
            run: parsed("run", &form.run)?,
            start: parsed("start", &form.start)?,
            page: parsed("page", &form.page)?,
            kind: sets::page_kind("kind", form.kind)?,
            profile: sets::profile("profile", form.profile)?,
            repetition: form.repetition,
            lane: sets::lane("lane", form.lane)?,
            region: region("region", &form.region)?,
        })
    }
}
