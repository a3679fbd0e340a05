//! Which theories findings relate to, what sites are about, what may be claimed, and how sites rank.

use earshot_detect::{
    SensitiveCategory,
    exposure::{Counts, estimate, score},
    rules::Packs,
    sensitive,
};
use earshot_model::{
    Exposure, Finding, FindingId, Grade, PageKind, PageUrl, Profile, Rule, RunId, Site, Traits, Upload, VisitId,
};

fn finding(rule: Rule, vendor: &str, exposure: Exposure, grade: Option<Grade>) -> Finding {
    let page = PageUrl::parse("https://shop.test/").unwrap();
    let run = RunId::new();
    let visit = VisitId::derive(run, &page, Profile::Untouched, 0);
    Finding {
        id: FindingId::derive(visit, rule, vendor),
        run,
        visit,
        site: page.site(),
        page,
        rule,
        vendor: vendor.to_owned(),
        vendor_name: vendor.to_owned(),
        category: "session_replay".to_owned(),
        exposure,
        first_contact_ms: 1.0,
        proof: 0,
        proof_url: String::new(),
        requests: 1,
        upload: Upload::default(),
        stored: Vec::new(),
        grade,
        heard: Vec::new(),
        traits: Traits::default(),
    }
}

fn theories(finding: &Finding, sensitive: Option<SensitiveCategory>) -> Vec<String> {
    let packs = Packs::built_in().unwrap();
    packs.theories(finding, sensitive).map(|pack| pack.id.clone()).collect()
}

#[test]
fn every_pack_has_sources_and_every_rule_a_pack() {
    let packs = Packs::built_in().unwrap();
    for pack in packs.all() {
        assert!(!pack.sources.is_empty() && !pack.applies.is_empty(), "{}", pack.id);
        assert!(pack.sources.iter().all(|source| source.url.starts_with("https://") && !source.date.is_empty()));
        assert!(pack.applies.iter().all(|applies| !applies.rules.is_empty()), "{}", pack.id);
        assert!(pack.theory.len() > 40 && pack.limits.len() > 40, "{}", pack.id);
    }
    for rule in Rule::ALL {
        let has_one = packs.all().iter().flat_map(|pack| &pack.applies).any(|applies| applies.rules.contains(&rule));
        assert!(has_one, "{}", rule.as_str());
    }
}

#[test]
fn theories_follow_what_was_found() {
    let contact = |exposure| finding(Rule::PreConsentContact, "hotjar", exposure, None);
    assert_eq!(theories(&contact(Exposure::Content), None), ["cipa-631", "cipa-638-51", "eprivacy-5-3"]);
    assert_eq!(theories(&contact(Exposure::Tracker), None), ["cipa-638-51", "eprivacy-5-3"]);
    assert_eq!(theories(&contact(Exposure::None), None), Vec::<String>::new());
    let typed = |grade| finding(Rule::Keystrokes, "x.test", Exposure::Unknown, grade);
    assert_eq!(theories(&typed(Some(Grade::K6)), None), ["cipa-631", "eprivacy-5-3"]);
    assert_eq!(theories(&typed(Some(Grade::K3)), None), ["eprivacy-5-3"]);
    assert_eq!(theories(&typed(None), None), Vec::<String>::new());
    let gpc = finding(Rule::UnderGpc, "meta-pixel", Exposure::Tracker, None);
    assert_eq!(theories(&gpc, None), ["cipa-638-51", "ccpa-gpc"]);
    // After agreeing nothing is wrong, but where the vendor itself does not want to be.
    let agreed = finding(Rule::AfterAccept, "microsoft-clarity", Exposure::Content, None);
    assert_eq!(theories(&agreed, None), Vec::<String>::new());
    assert_eq!(theories(&agreed, Some(SensitiveCategory::Health)), ["sensitive-terms"]);
}

#[test]
fn packs_are_selected_by_id_and_unknown_ones_refused() {
    let some = Packs::built_in().unwrap().select(&["hipaa".to_owned(), "cipa-631".to_owned()]).unwrap();
    assert_eq!(some.all().iter().map(|pack| pack.id.as_str()).collect::<Vec<_>>(), ["cipa-631", "hipaa"]);
    let error = Packs::built_in().unwrap().select(&["gdpr".to_owned()]).unwrap_err().to_string();
    assert!(error.starts_with("'gdpr' is no rule pack; there are: cipa-631, cipa-638-51,"), "{error}");
    assert_eq!(Packs::built_in().unwrap().select(&[]).unwrap().all().len(), 6);
}

#[test]
fn what_a_site_is_about_is_guessed_by_whole_words() {
    let about = |host: &str| sensitive::guess(&Site::of_host(host).unwrap(), &[]).map(|guess| guess.category);
    for (host, category) in [
        ("mercy-hospital.org", SensitiveCategory::Health),
        ("www.bright-dental.com", SensitiveCategory::Health),
        ("first-bank.com", SensitiveCategory::Financial),
        ("acmeinsurance.com", SensitiveCategory::Financial),
        ("dmv.ca.gov", SensitiveCategory::Government),
        ("www.tax.gov.uk", SensitiveCategory::Government),
    ] {
        assert_eq!(about(host), Some(category), "{host}");
    }
    for host in [
        "bankside-hotel.com",
        "occidental.com",
        "accidental-photos.com",
        "tree-doctor.com",
        "food-bank.org",
        "riverbank.com",
        "healthyfood.com",
        "governance.org",
        "clinical-trials.io",
        "gover.io",
    ] {
        assert_eq!(about(host), None, "{host}");
    }
    let page = PageUrl::parse("https://shop.test/appointments").unwrap();
    let guess = sensitive::guess(&page.site(), &[(page.clone(), PageKind::Health)]).unwrap();
    assert_eq!((guess.category, guess.why.as_str()), (SensitiveCategory::Health, "has a page /appointments"));
}

#[test]
fn an_estimate_is_made_only_of_what_was_given() {
    let counts = Counts { interceptors: 2, trackers: 5, ..Counts::default() };
    let nothing = estimate(&counts, None);
    assert_eq!((nothing.low_usd, nothing.high_usd), (None, None));
    assert!(nothing.assumptions.last().unwrap().contains("no number of sessions"));
    let month = estimate(&counts, Some(1_000));
    let amounts = (month.low_usd, month.per_session_usd, month.high_usd);
    assert_eq!(amounts, (Some(5_000), Some(5_000_000), Some(10_000_000)));
    assert!(month.assumptions.iter().any(|assumed| assumed.contains("1000 sessions")));
    let clean = estimate(&Counts { trackers: 5, ..Counts::default() }, Some(1_000));
    assert_eq!((clean.low_usd, clean.high_usd), (Some(0), Some(0)));
}

#[test]
fn a_score_is_the_sum_of_its_parts() {
    let worst = Counts {
        interceptors: 9,
        trackers: 40,
        grade: Some(Grade::K6),
        interceptors_despite_reject: 1,
        trackers_despite_reject: 3,
        trackers_under_gpc: 2,
        no_banner: true,
        no_reject: true,
        sensitive: true,
    };
    assert_eq!(score(&worst).points, 100);
    assert_eq!(score(&Counts { sensitive: true, ..Counts::default() }).points, 0);
    // 20 + 5 for two recorders, 3 for three trackers, 10 for a checksum.
    let some = score(&Counts { interceptors: 2, trackers: 3, grade: Some(Grade::K4), ..Counts::default() });
    assert_eq!(some.points, 38);
    assert_eq!(some.points, some.parts.iter().map(|(_, points)| points).sum::<u32>());
}
