//! What changed between two runs.

use earshot_detect::changes::{
    Change, ChangeKind, FindingFacts, Gating, Gpc, Party, SiteFacts, StateFacts, Summary, Value, VisitFacts, of_site,
};
use earshot_model::{FindingId, GapKind, Grade, Profile, Rule, VisitId};
use uuid::Uuid;

const HOME: &str = "https://shop.test/";
const CONTACT: &str = "https://shop.test/contact";

/// A run of which each page was seen whole.
fn run(pages: &[&str]) -> SiteFacts {
    SiteFacts { visits: pages.iter().map(|page| visit(page)).collect(), complete: true, ..SiteFacts::default() }
}

fn visit(page: &str) -> VisitFacts {
    VisitFacts {
        visit: VisitId(Uuid::new_v4()),
        page: page.to_owned(),
        profile: Profile::Untouched,
        class: "seen".to_owned(),
        partial: false,
        gaps: Vec::new(),
        typed: true,
        ruleset: "r1".to_owned(),
    }
}

fn party(id: &str) -> Party {
    let (category, exposure) = ("session_replay".to_owned(), "content".to_owned());
    Party { id: id.to_owned(), name: id.to_uppercase(), category, exposure }
}

/// What a run tells beside its visits.
trait Told {
    fn contacts(self, page: &str, vendor: &str, at_ms: f64) -> Self;
    fn hears(self, page: &str, vendor: &str, grade: Grade) -> Self;
    fn behaves(self, page: &str, vendor: &str, gating: Gating, gpc: Gpc) -> Self;
    fn with(self, page: &str, change: impl Fn(&mut VisitFacts)) -> Self;
}

impl Told for SiteFacts {
    fn contacts(mut self, page: &str, vendor: &str, at_ms: f64) -> Self {
        let visit = self.visits.iter().find(|visit| visit.page == page).unwrap().visit;
        self.findings.push(FindingFacts {
            finding: FindingId::derive(visit, Rule::PreConsentContact, vendor),
            visit,
            page: page.to_owned(),
            rule: Rule::PreConsentContact,
            vendor: party(vendor),
            first_contact_ms: at_ms,
            proof_site: Some(format!("{vendor}.test")),
            grade: None,
        });
        self
    }

    fn hears(self, page: &str, vendor: &str, grade: Grade) -> Self {
        let mut facts = self.contacts(page, vendor, 100.0);
        facts.findings.last_mut().unwrap().grade = Some(grade);
        facts
    }

    fn behaves(mut self, page: &str, vendor: &str, gating: Gating, gpc: Gpc) -> Self {
        let (page, vendor) = (page.to_owned(), party(vendor));
        self.states.push(StateFacts { page, vendor, gating, gpc, before_whole: true, reject_whole: true });
        self
    }

    fn with(mut self, page: &str, change: impl Fn(&mut VisitFacts)) -> Self {
        self.visits.iter_mut().filter(|visit| visit.page == page).for_each(change);
        self
    }
}

fn changes(earlier: &SiteFacts, later: &SiteFacts) -> Vec<Change> {
    of_site("shop.test", earlier, later, Profile::Untouched)
}

fn kinds(earlier: &SiteFacts, later: &SiteFacts) -> Vec<ChangeKind> {
    changes(earlier, later).into_iter().map(|change| change.kind).collect()
}

fn blocked(visit: &mut VisitFacts) {
    "blocked".clone_into(&mut visit.class);
}

fn cut(visit: &mut VisitFacts) {
    visit.gaps.push(GapKind::TargetUnwatched);
}

#[test]
fn a_run_that_saw_the_same_changed_nothing() {
    let run =
        run(&[HOME, CONTACT]).hears(HOME, "hotjar", Grade::K5).behaves(HOME, "hotjar", Gating::OnPaper, Gpc::Ignored);
    assert_eq!(changes(&run, &run), []);
}

#[test]
fn new_is_who_would_have_been_met_then() {
    let later = run(&[HOME, CONTACT]).contacts(CONTACT, "hotjar", 120.0);
    let earlier = run(&[HOME, CONTACT]);
    let [new] = &changes(&earlier, &later)[..] else { panic!("one change") };
    assert_eq!((new.kind, &new.pages[..]), (ChangeKind::NewTracker, &[CONTACT.to_owned()][..]));
    assert_eq!((new.before, new.after), (Value::Word("absent"), Value::Ms(120.0)));
    assert_eq!(new.vendor.as_ref().unwrap().id, "hotjar");
    assert_eq!(new.shown_by.later.findings, [later.findings[0].finding]);
    assert_eq!(new.shown_by.earlier.visits, [earlier.visits[1].visit]);

    // The page was not there, not seen, or not whole: then nobody knows.
    for earlier in [run(&[HOME]), earlier.clone().with(CONTACT, blocked), earlier.clone().with(CONTACT, cut)] {
        let told = changes(&earlier, &later);
        assert_eq!(told[0].kind, ChangeKind::NewPage);
        assert_eq!(told[0].before, Value::Word("not_seen"));
        assert!(told.iter().all(|change| change.kind != ChangeKind::NewTracker));
    }
    // On another page of the site it was there already.
    assert_eq!(kinds(&earlier.contacts(HOME, "hotjar", 90.0), &later), []);
}

#[test]
fn who_waited_for_a_choice_is_told_as_that() {
    let earlier = run(&[HOME]).behaves(HOME, "hotjar", Gating::Gated, Gpc::Unknown);
    let later = run(&[HOME]).contacts(HOME, "hotjar", 50.0).behaves(HOME, "hotjar", Gating::OnPaper, Gpc::Unknown);
    let told = changes(&earlier, &later);
    assert_eq!(told[0].before, Value::Word("after_choice"));
    assert_eq!(told[1].kind, ChangeKind::ConsentRegression);
    assert_eq!((told[1].before, told[1].after), (Value::Word("gated"), Value::Word("on_paper")));
    assert_eq!(told[1].shown_by.later.findings, [later.findings[0].finding]);
    assert_eq!(kinds(&later, &earlier), [ChangeKind::ConsentImprovement, ChangeKind::Gone]);
    assert_eq!(changes(&later, &earlier)[1].after, Value::Word("after_choice"));

    // Visits under another profile watch the time before their choice as well: whom they met is neither new nor gone.
    let mut other = earlier.clone();
    other.visits.push(VisitFacts { profile: Profile::Reject, ..visit(CONTACT) });
    let other = other.contacts(CONTACT, "hotjar", 70.0);
    assert_eq!(kinds(&other, &later), [ChangeKind::ConsentRegression]);
    assert_eq!(kinds(&later, &other), [ChangeKind::ConsentImprovement]);
}

#[test]
fn gone_is_who_would_be_met_wherever_it_was() {
    let earlier = run(&[HOME, CONTACT]).contacts(HOME, "hotjar", 90.0).contacts(CONTACT, "hotjar", 80.0);
    let later = run(&[HOME, CONTACT]);
    let [gone] = &changes(&earlier, &later)[..] else { panic!("one change") };
    assert_eq!((gone.kind, gone.before, gone.after), (ChangeKind::Gone, Value::Ms(80.0), Value::Word("absent")));
    assert_eq!(gone.pages, [HOME, CONTACT]);

    for later in [run(&[HOME]), later.clone().with(CONTACT, blocked), later.clone().with(CONTACT, cut)] {
        let told = changes(&earlier, &later);
        assert_eq!(
            told.iter().map(|change| change.kind).collect::<Vec<_>>(),
            [ChangeKind::CoverageLost, ChangeKind::NotSeen]
        );
        assert_eq!(told[1].pages, [CONTACT]);
    }
}

#[test]
fn a_tracker_under_a_name_of_the_sites_own_is_missed_only_where_names_are_known() {
    let unknown = |visit: &mut VisitFacts| visit.gaps.push(GapKind::AliasUnknown);
    let bare = run(&[HOME]).contacts(HOME, "hotjar", 90.0);
    let mut disguised = bare.clone();
    disguised.findings[0].proof_site = None;
    let nothing = run(&[HOME]);
    assert_eq!(kinds(&disguised, &nothing), [ChangeKind::Gone]);
    assert_eq!(kinds(&disguised, &nothing.clone().with(HOME, unknown)), [ChangeKind::NotSeen]);
    assert_eq!(kinds(&nothing.clone().with(HOME, unknown), &disguised), [ChangeKind::NewPage]);
    assert_eq!(kinds(&bare, &nothing.with(HOME, unknown)), [ChangeKind::Gone]);
}

#[test]
fn what_only_other_rules_call_otherwise_did_not_change() {
    let with_rules = |vendor: &str, rules: &str, domain: &str| {
        let mut facts =
            run(&[HOME]).contacts(HOME, vendor, 90.0).with(HOME, |visit| rules.clone_into(&mut visit.ruleset));
        facts.findings[0].proof_site = Some(domain.to_owned());
        facts
    };
    let mut stranger = with_rules("acme.test", "r1", "acme.test");
    "unknown".clone_into(&mut stranger.findings[0].vendor.exposure);
    assert_eq!(kinds(&stranger, &with_rules("acme", "r2", "acme.test")), [], "it has a name now");
    assert_eq!(kinds(&with_rules("acme", "r2", "acme.test"), &stranger), [], "it has none any more");
    let new = with_rules("acme", "r2", "other.test");
    assert_eq!(kinds(&stranger, &new), [ChangeKind::NewTracker]);
    let same_rules = with_rules("acme", "r1", "acme.test");
    assert_eq!(kinds(&stranger, &same_rules), [ChangeKind::NewTracker], "one domain can serve several parties");
}

#[test]
fn a_first_contact_moves_by_a_share_and_by_a_time() {
    let at = |home: f64, contact: f64| {
        run(&[HOME, CONTACT]).contacts(HOME, "hotjar", home).contacts(CONTACT, "hotjar", contact)
    };
    let [moved] = &changes(&at(4000.0, 3000.0), &at(1000.0, 900.0))[..] else { panic!("one change") };
    assert_eq!((moved.kind, moved.before, moved.after), (ChangeKind::Earlier, Value::Ms(3500.0), Value::Ms(950.0)));
    assert_eq!(kinds(&at(1000.0, 900.0), &at(4000.0, 3000.0)), [ChangeKind::Later]);
    assert_eq!(kinds(&at(100.0, 100.0), &at(500.0, 500.0)), [], "less than half a second");
    assert_eq!(kinds(&at(4000.0, 4000.0), &at(4900.0, 4900.0)), [], "less than a quarter");
    let elsewhere = run(&[HOME, CONTACT]).contacts(CONTACT, "hotjar", 9000.0);
    assert_eq!(kinds(&run(&[HOME, CONTACT]).contacts(HOME, "hotjar", 10.0), &elsewhere), [], "no page in common");
}

#[test]
fn a_lower_grade_is_believed_only_of_a_visit_that_was_read_whole() {
    let hears = |grade| run(&[HOME]).hears(HOME, "hotjar", grade);
    let [rose] = &changes(&hears(Grade::K1), &hears(Grade::K6))[..] else { panic!("one change") };
    assert_eq!((rose.kind, rose.before, rose.after), (ChangeKind::GradeRose, Value::Word("K1"), Value::Word("K6")));
    assert_eq!(kinds(&hears(Grade::K6), &hears(Grade::K0)), [ChangeKind::GradeFell]);
    for gap in [GapKind::BodyUnread, GapKind::FieldUntyped, GapKind::SearchCut] {
        let hidden = hears(Grade::K1).with(HOME, |visit| visit.gaps.push(gap));
        assert_eq!(kinds(&hears(Grade::K6), &hidden), [], "{gap:?}");
        assert_eq!(kinds(&hidden, &hears(Grade::K6)), [], "{gap:?}");
    }
    let untyped = hears(Grade::K1).with(HOME, |visit| visit.typed = false);
    assert_eq!(kinds(&hears(Grade::K6), &untyped), []);
    // Who is there and of whom nothing is known hears nothing less.
    assert_eq!(kinds(&hears(Grade::K6), &run(&[HOME]).contacts(HOME, "hotjar", 100.0)), []);
}

#[test]
fn the_opt_out_signal_is_compared_too() {
    let heeds = |gpc| run(&[HOME]).behaves(HOME, "hotjar", Gating::Unknown, gpc);
    let [worse] = &changes(&heeds(Gpc::Honoured), &heeds(Gpc::Ignored))[..] else { panic!("one change") };
    assert_eq!((worse.kind, worse.after), (ChangeKind::ConsentRegression, Value::Word("ignored")));
    assert_eq!(kinds(&heeds(Gpc::Unknown), &heeds(Gpc::Ignored)), []);
}

#[test]
fn what_was_seen_and_is_not_has_its_reason() {
    let earlier = run(&[HOME, CONTACT]);
    let reason = |later: SiteFacts| {
        let lost = changes(&earlier, &later);
        assert_eq!(lost.len(), 1, "{lost:?}");
        (lost[0].kind, lost[0].after, lost[0].pages.len())
    };
    let lost = ChangeKind::CoverageLost;
    assert_eq!(reason(run(&[HOME])), (lost, Value::Word("not_planned"), 1));
    assert_eq!(reason(run(&[HOME, CONTACT]).with(CONTACT, blocked)), (lost, Value::Word("blocked"), 1));
    assert_eq!(reason(run(&[HOME, CONTACT]).with(CONTACT, cut)), (lost, Value::Word("in_part"), 1));
    let walled = SiteFacts { unvisited: vec!["blocked".into()], ..run(&[]) };
    assert_eq!(reason(walled), (lost, Value::Word("blocked"), 2));
    assert_eq!(reason(SiteFacts::default()), (lost, Value::Word("not_recorded"), 2));
    assert_eq!(kinds(&run(&[HOME]), &earlier), [ChangeKind::CoverageGained]);
}

#[test]
fn changes_are_counted_among_what_both_runs_saw() {
    let (earlier, later) =
        (run(&[HOME, CONTACT]), run(&[HOME, CONTACT]).with(CONTACT, cut).contacts(HOME, "hotjar", 9.0));
    let mut summary = Summary::default();
    summary.add(&earlier, &later, Profile::Untouched, &changes(&earlier, &later));
    summary.add(&earlier, &earlier, Profile::Untouched, &[]);
    summary.add(&run(&[]), &earlier, Profile::Untouched, &[]);
    assert_eq!((summary.sites_both, summary.sites_later_only, summary.sites_changed), (2, 1, 1));
    assert_eq!((summary.pages_both, summary.pages_whole_both, summary.changes()), (4, 3, 2));
    assert_eq!(summary.kinds[&ChangeKind::NewTracker].sites, 1);
}
