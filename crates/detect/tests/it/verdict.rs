//! Is it fixed? Visits made by hand, and 500 generated pairs of runs with known truth: `fixed` is never said wrongly.

use earshot_detect::verdict::{Conclusion, Sighting, Verdict, verdicts};
use earshot_model::{Fact, Gap, GapKind, MarkKind, Outcome, Response, Transport, Visit};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

use crate::visit::{add, alias, ask, fail, judged, mark, page, post};

const PAGE: &str = "https://shop.test/";
/// Good visits that it takes.
const LEAST: usize = 3;

/// A page that asks its own server for a few things.
fn plain() -> Visit {
    let mut visit = page(PAGE);
    for number in 0..10 {
        ask(&mut visit, f64::from(number), &format!("{PAGE}assets/{number}.js"), Transport::Script);
    }
    visit
}

/// The same with Microsoft Clarity on it.
fn with_clarity() -> Visit {
    let mut visit = plain();
    ask(&mut visit, 300.0, "https://www.clarity.ms/tag/abc123def4", Transport::Script);
    ask(&mut visit, 340.0, "https://scripts.clarity.ms/0.8.1/clarity.js", Transport::Script);
    post(&mut visit, 900.0, "https://k.clarity.ms/collect", b"{}");
    visit
}

/// The same behind the site's own server.
fn behind_proxy() -> Visit {
    let mut visit = plain();
    ask(&mut visit, 300.0, "https://shop.test/c/clarity.js", Transport::Script);
    post(&mut visit, 900.0, "https://shop.test/c/collect", b"{}");
    visit
}

fn respond(visit: &mut Visit, request: u32, status: u16) {
    add(visit, 9.0, Fact::Response(Response { request, status, ..Response::default() }));
}

fn sighting(visit: &Visit) -> Sighting {
    Sighting::of(visit, &judged(visit), true)
}

fn of(before: &[Visit], after: &[Visit]) -> Vec<Verdict> {
    let seen = |visits: &[Visit]| visits.iter().map(sighting).collect::<Vec<_>>();
    verdicts(&seen(before), &seen(after), LEAST)
}

#[track_caller]
fn clarity(before: &[Visit], after: &[Visit]) -> (Conclusion, String) {
    let verdicts = of(before, after);
    let verdict = verdicts.iter().find(|verdict| verdict.vendor == "microsoft-clarity").expect("a verdict");
    (verdict.conclusion, verdict.claims[0].reason.clone())
}

#[test]
fn what_is_gone_from_every_visit_is_fixed() {
    let verdicts = of(&[with_clarity()], &[plain(), plain(), plain()]);
    let [verdict] = &verdicts[..] else { panic!("{verdicts:?}") };
    assert_eq!(verdict.conclusion, Conclusion::Fixed);
    assert_eq!((verdict.before.firing, verdict.after.firing, verdict.after.visits), (1, 0, 3));
    assert_eq!(verdict.before.first_contact_ms, Some(300.0));
    assert!(verdict.before.hosts.contains(&"k.clarity.ms".to_owned()));
    assert_eq!(verdict.claims[0].reason, "3 of 3 visits are clean");
}

#[test]
fn one_visit_of_three_is_still_firing() {
    let (conclusion, reason) = clarity(&[with_clarity()], &[plain(), with_clarity(), plain()]);
    assert_eq!((conclusion, reason.as_str()), (Conclusion::StillFiring, "in 1 of 3 visits"));
}

#[test]
fn what_was_not_there_is_new() {
    assert_eq!(clarity(&[plain()], &[with_clarity(), plain(), plain()]).0, Conclusion::New);
    let mut blocked = page(PAGE);
    blocked.outcome = Outcome::Blocked { status: 403, reason: earshot_model::BlockReason::Status };
    let (conclusion, reason) = clarity(&[blocked], &[with_clarity(), with_clarity(), with_clarity()]);
    assert_eq!(conclusion, Conclusion::New);
    assert!(reason.starts_with("the page was not seen whole before"), "{reason}");
}

#[test]
fn who_hides_behind_another_name_has_moved() {
    let mut cname = plain();
    ask(&mut cname, 300.0, "https://stats.shop.test/collect", Transport::Image);
    alias(&mut cname, "stats.shop.test", &["k.clarity.ms"]);
    let cnames = [cname.clone(), cname.clone(), cname];
    let (conclusion, reason) = clarity(&[with_clarity()], &cnames);
    assert_eq!(
        (conclusion, reason.as_str()),
        (Conclusion::Moved, "stats.shop.test is asked now, another name for k.clarity.ms")
    );

    let pixel = |host: &str| {
        let mut visit = plain();
        ask(&mut visit, 300.0, &format!("https://{host}?id=1&ev=PageView&dl=x&rl=y&ts=3"), Transport::Image);
        visit
    };
    let (before, after) = ([pixel("www.facebook.com/tr/")], [pixel("shop.test/p.gif"), plain(), plain()]);
    let verdicts = of(&before, &after);
    assert_eq!((verdicts[0].vendor.as_str(), verdicts[0].conclusion), ("meta-pixel", Conclusion::Moved));
    assert_eq!(verdicts[0].claims[0].reason, "shop.test/p.gif is asked for with the same parameters now");

    let mut told = plain();
    ask(&mut told, 300.0, "https://cdn.elsewhere.example/t?id=abc123def4", Transport::Script);
    let (conclusion, reason) = clarity(&[with_clarity()], &[told.clone(), told.clone(), told]);
    assert_eq!(conclusion, Conclusion::Moved, "{reason}");
    assert_eq!(reason, "its account abc123def4 is told to cdn.elsewhere.example now");

    // Nobody recognises this one: something new takes what the page sends.
    let (conclusion, reason) = clarity(&[with_clarity()], &[behind_proxy(), behind_proxy(), behind_proxy()]);
    assert_eq!(conclusion, Conclusion::Inconclusive, "{reason}");
    assert!(reason.contains("something is sent to shop.test/c/collect"), "{reason}");
}

#[test]
fn what_could_hide_it_makes_it_inconclusive() {
    type Change<'a> = &'a dyn Fn(&mut Visit);
    let flawed = |change: Change| {
        let mut visit = plain();
        change(&mut visit);
        clarity(&[with_clarity()], &[plain(), visit, plain()])
    };
    let gap = |kind| move |visit: &mut Visit| visit.gaps.push(Gap { kind, detail: "it".into() });
    let blocked = |visit: &mut Visit| {
        visit.outcome = Outcome::Blocked { status: 403, reason: earshot_model::BlockReason::Status };
    };
    let elsewhere = |visit: &mut Visit| visit.final_url = Some("https://shop.test/sorry".parse().unwrap());
    let shrunk = |visit: &mut Visit| visit.events.truncate(1);
    let away = |visit: &mut Visit| fail(visit, 3, "net::ERR_CONNECTION_REFUSED");
    let busy = |visit: &mut Visit| respond(visit, 3, 429);
    let changes: [(Change, &str); 9] = [
        (&away, "shop.test/assets/2.js did not come"),
        (&busy, "shop.test/assets/2.js did not come"),
        (&gap(GapKind::HostUnreached), "gap host_unreached"),
        (&blocked, "blocked"),
        (&elsewhere, "leads to another page"),
        (&shrunk, "may be another page"),
        (&gap(GapKind::UnobservedUpload), "gap unobserved_upload"),
        (&gap(GapKind::EventBudget), "gap event_budget"),
        (&gap(GapKind::AliasUnknown), "gap alias_unknown"),
    ];
    for (change, said) in changes {
        let (conclusion, reason) = flawed(change);
        assert_eq!(conclusion, Conclusion::Inconclusive, "{said}: {reason}");
        assert!(reason.contains(said), "{said}: {reason}");
    }
    // What was taken away, or is blocked by the page itself, is a fix.
    assert_eq!(flawed(&|visit| respond(visit, 3, 404)).0, Conclusion::Fixed);
    assert_eq!(flawed(&|visit| fail(visit, 3, "net::ERR_BLOCKED_BY_CSP")).0, Conclusion::Fixed);
    // What nobody knew before hides nothing new.
    for (kind, detail) in [(GapKind::AliasUnknown, "shop.test, www.clarity.ms"), (GapKind::HostUnreached, "x.test: it")]
    {
        let unknown = |mut visit: Visit| {
            visit.gaps.push(Gap { kind, detail: detail.into() });
            visit
        };
        let after = [unknown(plain()), unknown(plain()), unknown(plain())];
        assert_eq!(clarity(&[unknown(with_clarity())], &after).0, Conclusion::Fixed, "{kind:?}");
    }
    // What cannot hide a contact hides nothing.
    assert_eq!(flawed(&gap(GapKind::ScreenshotMissing)).0, Conclusion::Fixed);
    assert_eq!(flawed(&gap(GapKind::BodyUnread)).0, Conclusion::Fixed);
    assert_eq!(clarity(&[with_clarity()], &[plain(), plain()]).0, Conclusion::Inconclusive, "two visits");
    assert_eq!(clarity(&[with_clarity()], &[]).0, Conclusion::Inconclusive, "none");
}

/// What a generated visit after the fix is like.
#[derive(Clone, Copy, Debug, PartialEq)]
enum After {
    Clean,
    Firing,
    OtherHost,
    Cname,
    Proxy,
    Blocked,
    Gap(GapKind),
    Elsewhere,
    Partial,
}

impl After {
    fn visit(self, dice: &mut StdRng) -> Visit {
        let mut visit = match self {
            Self::Firing => with_clarity(),
            Self::Proxy => behind_proxy(),
            _ => plain(),
        };
        match self {
            Self::OtherHost => {
                ask(&mut visit, 250.0, "https://q.clarity.ms/tag/abc123def4", Transport::Script);
            }
            Self::Cname => {
                let host = format!("m{}.shop.test", dice.random_range(0..99));
                if dice.random() {
                    post(&mut visit, 900.0, &format!("https://{host}/collect"), b"{}");
                } else {
                    ask(&mut visit, 900.0, &format!("https://{host}/c.gif"), Transport::Image);
                }
                alias(&mut visit, &host, &["k.clarity.ms"]);
            }
            Self::Blocked => {
                visit.outcome = Outcome::Blocked { status: 403, reason: earshot_model::BlockReason::Status };
            }
            Self::Gap(kind) => visit.gaps.push(Gap { kind, detail: "https://k.clarity.ms/collect".into() }),
            Self::Elsewhere => visit.final_url = Some("https://shop.test/other".parse().unwrap()),
            Self::Partial => visit.outcome = Outcome::Partial { status: 200, detail: "cut".into() },
            Self::Clean | Self::Firing | Self::Proxy => {}
        }
        // What changes from visit to visit without meaning anything.
        for _ in 0..dice.random_range(0..6) {
            let number: u32 = dice.random();
            ask(&mut visit, 400.0, &format!("https://fonts.gstatic.com/s/{number}.woff2"), Transport::Font);
            ask(&mut visit, 400.0, &format!("{PAGE}api/{number}"), Transport::Fetch);
        }
        if dice.random_bool(0.3) {
            mark(&mut visit, MarkKind::Generator, "generator", "WordPress 7.1");
        }
        visit
    }
}

#[test]
fn fixed_is_never_said_wrongly() {
    let bad = [
        After::Firing,
        After::OtherHost,
        After::Cname,
        After::Proxy,
        After::Blocked,
        After::Gap(GapKind::CutShort),
        After::Gap(GapKind::EventBudget),
        After::Gap(GapKind::TargetUnwatched),
        After::Gap(GapKind::UnparsedMessage),
        After::Gap(GapKind::UnobservedUpload),
        After::Elsewhere,
        After::Partial,
    ];
    let (mut fixed, mut firing) = (0, 0);
    for trial in 0..500 {
        let mut dice = StdRng::seed_from_u64(trial);
        let count = dice.random_range(1..6);
        let mut plan = vec![After::Clean; count];
        // Half of the trials are clean; of the others at least one visit is not.
        if dice.random_bool(0.5) {
            for _ in 0..dice.random_range(1..=count) {
                let (place, what) = (dice.random_range(0..count), dice.random_range(0..bad.len()));
                plan[place] = bad[what];
            }
        }
        let visits: Vec<_> = plan.iter().map(|after| after.visit(&mut dice)).collect();
        let whole =
            |visit: &Visit| Sighting::of(visit, &judged(visit), !matches!(visit.outcome, Outcome::Partial { .. }));
        let (before, after) = ([sighting(&with_clarity())], visits.iter().map(whole).collect::<Vec<_>>());
        let verdicts = verdicts(&before, &after, LEAST);
        let verdict = verdicts.iter().find(|verdict| verdict.vendor == "microsoft-clarity").unwrap();
        let is_fixed = count >= LEAST && plan.iter().all(|after| *after == After::Clean);
        let is_firing = plan.iter().any(|after| matches!(after, After::Firing | After::OtherHost));
        assert_eq!(verdict.conclusion == Conclusion::Fixed, is_fixed, "{trial}: {plan:?}: {verdict:?}");
        if is_firing {
            assert!(verdict.conclusion.is_firing(), "{trial}: {plan:?}: {verdict:?}");
        }
        fixed += u32::from(is_fixed);
        firing += u32::from(is_firing);
    }
    assert!(fixed > 100 && firing > 50, "{fixed} fixed, {firing} firing");
}
