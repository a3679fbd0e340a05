//! A made-up visit, as the recorder hands it over.

mod conduct;
mod consent;
mod traffic;

use earshot_model::{Identity, Lane, Outcome, PageKind, PageTask, PageUrl, Phase, Profile, RunId, Served, Visit};
use earshot_store::{Course, Judged};
use jiff::{Timestamp, ToSpan as _};

use crate::{MadeSite, Manner, Parties, Use, dice::Dice, finding, party::Party, tape::Tape};

/// How much a visit writes down beside its requests and their answers, in the middle: 250 events are 71 requests (Web
/// Almanac 2024, Page Weight, desktop) and as many answers, and the rest in the proportions of the laboratory's scan of 75
/// sites (5,491 events: 983 listeners, 654 writes to storages, 551 cookies, 366 marks, 195 entries, 152 socket frames, 70
/// reads of fields, 34 calls of interfaces that tell browsers apart).
pub(crate) struct Mix {
    pub(crate) listeners: f64,
    pub(crate) storage: f64,
    pub(crate) cookies: f64,
    pub(crate) marks: f64,
    pub(crate) entries: f64,
    pub(crate) frames: f64,
    pub(crate) reads: f64,
    pub(crate) calls: f64,
}

impl Mix {
    pub(crate) const OF_THE_LABORATORY: Self = Self {
        listeners: 35.3,
        storage: 23.5,
        cookies: 19.8,
        marks: 13.2,
        entries: 7.0,
        frames: 5.5,
        reads: 2.5,
        calls: 1.2,
    };
}

/// Which visit.
pub(crate) struct Occasion<'a> {
    pub(crate) run: RunId,
    pub(crate) seed: u64,
    pub(crate) site: &'a MadeSite,
    pub(crate) page: &'a str,
    pub(crate) kind: PageKind,
    pub(crate) profile: Profile,
    /// Which night, from 0.
    pub(crate) night: u32,
    /// When the night began.
    pub(crate) began: Timestamp,
    /// How much happens on a page, 1 for what a page of the web does.
    pub(crate) bustle: f64,
}

/// What is known while a visit is made.
pub(crate) struct Scene<'a> {
    pub(crate) occasion: &'a Occasion<'a>,
    pub(crate) parties: &'a Parties,
    pub(crate) dice: Dice,
    pub(crate) tape: Tape,
    pub(crate) course: Course,
    /// Those who do something on this visit.
    pub(crate) actors: Vec<Actor<'a>>,
}

/// Somebody who does something on this visit.
pub(crate) struct Actor<'a> {
    pub(crate) what: &'a Use,
    pub(crate) party: &'a Party,
    pub(crate) manner: Manner,
    /// When it is contacted, each time with its script and hits.
    pub(crate) contacts: Vec<f64>,
    /// Marks of what it asked for, with the moment and the bytes of a body.
    pub(crate) requests: Vec<(u32, f64, u64)>,
    pub(crate) stored: Vec<String>,
}

/// When the page is loaded once more after a choice, and when everything is over: ms since navigation start.
pub(crate) const RELOADED_AT_MS: f64 = 5_600.0;
pub(crate) const LAST_MS: f64 = 10_500.0;

/// Makes it.
pub(crate) fn make(occasion: &Occasion<'_>, parties: &Parties) -> Option<Judged> {
    let about = format!("visit {} {} {}", occasion.page, occasion.profile, occasion.night);
    let mut dice = Dice::of(occasion.seed, &about);
    let page = PageUrl::parse(occasion.page).ok()?;
    let start = PageUrl::parse(&occasion.site.start()).ok()?;
    let (run, kind, profile) = (occasion.run, occasion.kind, occasion.profile);
    let task = PageTask { run, start, page, kind, profile, repetition: 0, lane: Lane::Bulk, region: None };
    // A site's night is bad, not a page's.
    let mut fate = Dice::of(occasion.seed, &format!("fate {} {}", occasion.site.domain, occasion.night));
    let outcome = occasion.site.fate.outcome(&mut fate);
    let seen = matches!(outcome, Outcome::Loaded { .. } | Outcome::Partial { .. });
    let started_at = occasion.began + (dice.below(4 * 3_600_000) as i64).milliseconds();
    let took_ms = if seen { 11_000 + dice.below(3_000) as u32 } else { 2_000 };
    let identity = identity();
    let mut scene =
        Scene { occasion, parties, dice, tape: Tape::default(), course: Course::default(), actors: Vec::new() };
    let visit = |events, landed| Visit {
        final_url: landed,
        events,
        outcome: outcome.clone(),
        identity,
        gaps: Vec::new(),
        pictures: Vec::new(),
        served: Served::default(),
        started_at,
        took_ms,
        task,
    };
    if !seen {
        return Some(scene.judged(visit(Vec::new(), None), Vec::new(), Vec::new()));
    }
    consent::ask(&mut scene);
    scene.cast();
    traffic::load(&mut scene);
    conduct::fill(&mut scene);
    let (tape, course) = (std::mem::take(&mut scene.tape), scene.course.clone());
    let phase = |at_ms| -> Phase { course.clock.phase(profile, course.watched, at_ms) };
    let (events, notes, seqs) = tape.play(phase);
    let visit = visit(events, PageUrl::parse(occasion.page).ok());
    let findings = finding::all(&scene, &visit, &seqs);
    Some(scene.judged(visit, notes, findings))
}

impl<'a> Scene<'a> {
    /// Who comes, and when.
    fn cast(&mut self) {
        let clock = self.course.clock.clone();
        let profile = self.occasion.profile;
        let reloaded = clock.reload_ms;
        for what in &self.occasion.site.uses {
            let Some(manner) = what.on(self.occasion.night) else { continue };
            let others = self.parties.vendors.len();
            let party =
                self.parties.vendors.get(what.party).or(self.parties.strangers.get(what.party.wrapping_sub(others)));
            let Some(party) = party else { continue };
            let early = self.dice.around(900.0, 0.6).min(4_000.0);
            let late = reloaded.map(|at_ms| at_ms + self.dice.around(700.0, 0.5).min(3_000.0));
            let honoured = profile == Profile::Gpc && what.honours_gpc && party.is_tracker();
            let contacts: Vec<f64> = match (manner, profile) {
                _ if honoured => Vec::new(),
                (Manner::Gated, Profile::Accept) => late.into_iter().collect(),
                (Manner::Gated, _) => Vec::new(),
                (Manner::OptOut, Profile::Reject) => vec![early],
                _ => std::iter::once(early).chain(late).collect(),
            };
            if !contacts.is_empty() {
                self.actors.push(Actor { what, party, manner, contacts, requests: Vec::new(), stored: Vec::new() });
            }
        }
    }

    fn judged(
        self,
        visit: Visit,
        events: Vec<earshot_store::EventNote>,
        findings: Vec<earshot_model::Finding>,
    ) -> Judged {
        Judged {
            visit,
            findings,
            events,
            gaps_added: Vec::new(),
            course: self.course,
            evidence: None,
            ruleset: "made up".to_owned(),
        }
    }
}

/// A number that belongs to a visit and nobody else, as trackers make one up for a visitor.
pub(crate) fn visitor(occasion: &Occasion<'_>) -> u64 {
    Dice::of(occasion.seed, &format!("visitor {} {} {}", occasion.page, occasion.profile, occasion.night)).word()
}

fn identity() -> Identity {
    Identity {
        browser: "HeadlessChrome/156.0.8078.108".to_owned(),
        user_agent:
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
                .to_owned(),
        third_party_cookies: true,
        earshot: env!("CARGO_PKG_VERSION").to_owned(),
        egress: "direct".to_owned(),
    }
}
