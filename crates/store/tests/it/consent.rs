//! What vendors do in each state of consent, as the store keeps and tells it.

use earshot_model::{
    Choice, Consent, ConsentButton, ConsentClock, ConsentMeans, ConsentStep, Event, Exposure, Fact, Finding, FindingId,
    Gap, GapKind, Outcome, Profile, Rule, RunId,
};
use earshot_store::{ChoiceRow, Course, EventNote, Judged};

use crate::{Fixture, make};

/// What a visit is made of.
struct Plan<'a> {
    profile: Profile,
    banner: bool,
    /// Presses for the choice of the profile; `None` if it could not be made.
    presses: Option<u32>,
    whole: bool,
    /// Vendor, rule, requests.
    said: &'a [(&'a str, Rule, u32)],
}

fn visit(run: RunId, address: &str, plan: &Plan<'_>) -> Judged {
    let mut judged = make::visit(run, address, Outcome::of_status(200), &[("some", Exposure::None, 9.0)]);
    judged.visit.task.profile = plan.profile;
    let id = judged.visit.id();
    let model = judged.findings.remove(0);
    for (vendor, rule, requests) in plan.said {
        let exposure = if *rule == Rule::NoReject { Exposure::None } else { Exposure::Content };
        let (vendor, id) = ((*vendor).to_owned(), FindingId::derive(id, *rule, vendor));
        let finding = Finding { id, visit: judged.visit.id(), rule: *rule, vendor, exposure, ..model.clone() };
        judged.findings.push(Finding { requests: *requests, ..finding });
    }
    let choice = plan.profile.choice().filter(|_| plan.presses.is_some()).map(|choice| (choice, 9_000.0));
    let clock = ConsentClock {
        banner_ms: plan.banner.then_some(700.5),
        choosing_ms: choice.map(|(_, at_ms)| at_ms),
        choice,
        reload_ms: choice.map(|_| 15_000.0),
        presses: plan.presses.filter(|_| choice.is_some()),
    };
    if plan.banner && plan.presses.is_none() && plan.profile == Profile::Reject {
        judged.gaps_added.push(Gap { kind: GapKind::ChoiceNotMade, detail: "no way to reject found".into() });
    }
    let cmp = if plan.banner { "klaro".to_owned() } else { String::new() };
    let signals = vec![("usp".to_owned(), "opted out of sale".to_owned())];
    judged.course = Course { clock, cmp, watched: true, whole: plan.whole, signals };
    judged
}

const BEFORE: Rule = Rule::PreConsentContact;

/// Visits of one page under all profiles: `said` by profile.
fn page(
    run: RunId,
    address: &str,
    banner: bool,
    presses: [Option<u32>; 2],
    said: [&[(&str, Rule, u32)]; 4],
) -> Vec<Judged> {
    let presses = [None, presses[0], presses[1], None];
    let all = Profile::ALL.into_iter().zip(presses).zip(said);
    let plan = |((profile, presses), said)| Plan { profile, banner, presses, whole: true, said };
    all.map(|it| visit(run, address, &plan(it))).collect()
}

#[tokio::test]
async fn states_are_compared_by_page_and_vendor() {
    let it = Fixture::new().await;
    let run = make::run(3);
    it.store.put_run(&run).await.unwrap();
    let (reject, accept, gpc, ping) = (Rule::DespiteReject, Rule::AfterAccept, Rule::UnderGpc, Rule::CookielessPing);
    let mut visits = page(
        run.id,
        "https://asks.test/",
        true,
        [Some(1), Some(1)],
        [
            &[("paper", BEFORE, 3), ("stops", BEFORE, 2)],
            &[
                ("pings", ping, 2),
                ("paper", BEFORE, 2),
                ("paper", reject, 5),
                ("stops", BEFORE, 2),
                ("after", reject, 1),
            ],
            &[
                ("pings", accept, 1),
                ("paper", accept, 9),
                ("gated", accept, 4),
                ("after", accept, 4),
                ("stops", BEFORE, 2),
            ],
            &[("paper", gpc, 3)],
        ],
    );
    // The same page, but the refusal was not watched to its end: nobody is said to wait for consent.
    let mut cut = page(
        run.id,
        "https://cut.test/",
        true,
        [Some(1), Some(1)],
        [&[("stops", BEFORE, 1)], &[], &[("gated", accept, 4)], &[]],
    );
    cut[1].course.whole = false;
    cut[3].course.whole = false;
    visits.extend(cut);
    visits.extend(page(run.id, "https://silent.test/", false, [None, None], [&[("fires", BEFORE, 1)], &[], &[], &[]]));
    it.store.put_visits(&visits).await.unwrap();
    // What is delivered twice changes nothing.
    it.store.put_visits(&visits[..2]).await.unwrap();

    let states = it.store.states(run.id).unwrap().all().await.unwrap();
    let said: Vec<_> = states
        .iter()
        .map(|row| (row.site.as_str(), row.vendor.as_str(), row.gating.as_str(), row.gpc.as_str()))
        .collect();
    assert_eq!(
        said,
        [
            ("asks.test", "after", "despite_reject_only", "unknown"),
            ("asks.test", "gated", "gated", "unknown"),
            ("asks.test", "paper", "on_paper", "ignored"),
            ("asks.test", "pings", "cookieless", "unknown"),
            ("asks.test", "stops", "opt_out", "honoured"),
            ("cut.test", "gated", "unknown", "unknown"),
            ("cut.test", "stops", "before_choice", "unknown"),
            ("silent.test", "fires", "no_banner", "honoured"),
        ]
    );
    let paper = states.iter().find(|row| row.vendor == "paper").unwrap();
    assert_eq!((paper.before, paper.after_reject, paper.after_accept, paper.under_gpc), (3, 5, 9, 3));
    assert_eq!(paper.cmp, "klaro");
}

#[tokio::test]
async fn refusing_is_harder_only_if_the_first_layer_does_not_offer_it() {
    let it = Fixture::new().await;
    let run = make::run(4);
    it.store.put_run(&run).await.unwrap();
    let none: [&[(&str, Rule, u32)]; 4] = [&[], &[], &[], &[]];
    let one_sided: [&[(&str, Rule, u32)]; 4] = [&[("klaro", Rule::NoReject, 0)], &[], &[], &[]];
    let mut visits = page(run.id, "https://even.test/", true, [Some(1), Some(1)], none);
    // A rule went a longer way than there is.
    visits.extend(page(run.id, "https://longer.test/", true, [Some(3), Some(1)], none));
    visits.extend(page(run.id, "https://harder.test/", true, [Some(2), Some(1)], one_sided));
    visits.extend(page(run.id, "https://never.test/", true, [None, Some(1)], one_sided));
    it.store.put_visits(&visits).await.unwrap();
    let choices = it.store.choices(run.id).unwrap().all().await.unwrap();
    let said = |row: &ChoiceRow| (row.site.clone(), row.no_reject, row.presses_reject, row.reject_harder);
    assert_eq!(
        choices.iter().map(said).collect::<Vec<_>>(),
        [
            ("even.test".to_owned(), false, Some(1), false),
            ("harder.test".to_owned(), true, Some(2), true),
            ("longer.test".to_owned(), false, Some(3), false),
            ("never.test".to_owned(), true, None, true),
        ]
    );
    assert_eq!(choices[3].reject_failed, "no way to reject found");
    assert_eq!((choices[0].banner, choices[0].no_banner, choices[0].banner_ms), (true, false, Some(700.5)));
    let coverage = it.store.coverage(run.id).unwrap().all().await.unwrap();
    assert_eq!(coverage[0].seen, 4, "{coverage:?}");
}

#[tokio::test]
async fn the_steps_of_consent_stand_among_the_events() {
    let it = Fixture::new().await;
    let run = make::run(1);
    let mut judged = make::visit(run.id, "https://a.test/", Outcome::of_status(200), &[]);
    let buttons = vec![ConsentButton { means: ConsentMeans::Accept, text: "I agree".into() }];
    let banner = Consent { step: ConsentStep::Banner, source: "klaro".into(), value: "div#klaro".into(), buttons };
    judged.visit.events.push(Event::new(0, Some(700.5), "https://a.test/", Fact::Consent(banner)));
    judged.events.push(EventNote::default());
    judged.course.clock.choice = Some((Choice::Accept, 9_000.0));
    let id = judged.visit.id();
    it.store.put_visits(&[judged]).await.unwrap();
    let steps = it.store.steps(run.id, id).unwrap().all().await.unwrap();
    assert_eq!((steps[0].at_ms, steps[0].source.as_str(), steps[0].buttons.len()), (Some(700.5), "klaro", 1));
    let told = it.ask("SELECT fact, area, name, detail, buttons FROM events").await;
    assert_eq!(told, "consent\tbanner\tklaro\tdiv#klaro\t[('accept','I agree')]\n");
    let visit = it.store.visits(run.id).unwrap().all().await.unwrap().remove(0);
    assert_eq!((visit.choice.as_str(), visit.choice_ms, visit.banner_watched), ("accept", Some(9_000.0), false));
}
