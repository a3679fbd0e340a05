//! Contacts: who, when, proved by what.

use earshot_model::{
    BlockReason, Body, Direction, Exposure, Fact, FindingId, Outcome, PageUrl, Rule, Transport, Upload,
};

use crate::visit::{about, add, answer, ask, fail, frame, judged, page, post, request, vendors};

#[test]
fn a_page_with_fonts_and_a_cdn_has_no_tracker() {
    let mut visit = page("https://shop.test/");
    ask(&mut visit, 5.0, "https://fonts.googleapis.com/css2?family=Inter", Transport::Style);
    ask(&mut visit, 6.0, "https://cdn.jsdelivr.net/npm/x@1/x.js", Transport::Script);
    ask(&mut visit, 7.0, "https://static.shop.test/app.js", Transport::Script);
    ask(&mut visit, 8.0, "data:image/gif;base64,R0", Transport::Image);
    let judgement = judged(&visit);
    assert_eq!(vendors(&judgement), ["google-fonts", "jsdelivr"]);
    assert!(judgement.findings.iter().all(|finding| finding.exposure == Exposure::None));
    assert!(judgement.gaps.is_empty());
    let notes: Vec<_> = judgement.notes.iter().map(|note| note.vendor.as_deref()).collect();
    assert_eq!(notes, [None, Some("google-fonts"), Some("jsdelivr"), None, None]);
}

#[test]
fn a_finding_carries_its_proof() {
    let mut visit = page("https://shop.test/contact");
    let pixel = ask(&mut visit, 300.5, "https://www.facebook.com/tr/?id=1", Transport::Image);
    let script = ask(&mut visit, 120.25, "https://connect.facebook.net/en_US/fbevents.js", Transport::Script);
    answer(&mut visit, pixel, false);
    let judgement = judged(&visit);
    let finding = about(&judgement, "meta-pixel");
    assert_eq!((finding.first_contact_ms, finding.proof, finding.requests), (120.25, script, 2));
    assert_eq!(finding.proof_url, "https://connect.facebook.net/en_US/fbevents.js");
    assert_eq!(finding.id, FindingId::derive(visit.id(), Rule::PreConsentContact, "meta-pixel"));
    assert_eq!((finding.site.as_str(), finding.page.as_str()), ("shop.test", "https://shop.test/contact"));
    assert_eq!((finding.category.as_str(), finding.exposure), ("advertising", Exposure::Tracker));
    assert_eq!(finding.upload, Upload::default(), "a pixel has no body");
    assert_eq!(judgement, judged(&visit), "the same facts give the same judgement");
}

#[test]
fn findings_come_by_first_contact() {
    let mut visit = page("https://shop.test/");
    ask(&mut visit, 30.0, "https://www.clarity.ms/tag/x", Transport::Script);
    ask(&mut visit, 10.0, "https://zeta.test/x", Transport::Script);
    ask(&mut visit, 10.0, "https://alpha.test/x", Transport::Script);
    assert_eq!(vendors(&judged(&visit)), ["alpha.test", "zeta.test", "microsoft-clarity"]);
}

#[test]
fn an_unknown_third_party_is_shown_by_its_site() {
    let mut visit = page("https://shop.test/");
    ask(&mut visit, 10.0, "https://a.widgets.co.uk/x.js", Transport::Script);
    ask(&mut visit, 20.0, "https://b.widgets.co.uk/y", Transport::Fetch);
    let judgement = judged(&visit);
    let finding = about(&judgement, "widgets.co.uk");
    assert_eq!((finding.exposure, finding.category.as_str()), (Exposure::Unknown, "unknown"));
    assert_eq!((finding.vendor_name.as_str(), finding.requests), ("widgets.co.uk", 2));
}

#[test]
fn a_wall_says_nothing_about_the_site_behind_it() {
    for outcome in [
        Outcome::Blocked { status: 403, reason: BlockReason::Status },
        Outcome::HttpError { status: 404 },
        Outcome::TimedOut { after_ms: 1 },
        Outcome::Parked { status: 200, sign: "a parking host".into() },
        Outcome::OffSite { status: 200, to: "elsewhere.test".into() },
    ] {
        let mut visit = page("https://shop.test/");
        visit.outcome = outcome;
        ask(&mut visit, 10.0, "https://www.clarity.ms/tag/x", Transport::Script);
        let judgement = judged(&visit);
        assert!(judgement.findings.is_empty() && judgement.gaps.is_empty());
        assert_eq!(judgement.notes[1].vendor.as_deref(), Some("microsoft-clarity"), "facts keep their notes");
    }
}

#[test]
fn what_never_left_is_no_contact() {
    for (error, contact) in [
        ("net::ERR_TUNNEL_CONNECTION_FAILED", false),
        ("net::ERR_BLOCKED_BY_CLIENT", false),
        ("net::ERR_BLOCKED_BY_ORB", true),
        ("net::ERR_ABORTED", true),
        ("net::ERR_TIMED_OUT", true),
    ] {
        let mut visit = page("https://shop.test/");
        let pixel = ask(&mut visit, 10.0, "https://alb.reddit.com/rp.gif", Transport::Image);
        fail(&mut visit, pixel, error);
        assert_eq!(vendors(&judged(&visit)).len(), usize::from(contact), "{error}");
    }
}

#[test]
fn a_refused_request_does_not_hide_a_later_contact() {
    let mut visit = page("https://shop.test/");
    let refused = post(&mut visit, 10.0, "https://k.clarity.ms/collect", b"1234");
    fail(&mut visit, refused, "net::ERR_BLOCKED_BY_CSP");
    let cached = ask(&mut visit, 11.0, "https://www.clarity.ms/tag/x", Transport::Script);
    answer(&mut visit, cached, true);
    let sent = post(&mut visit, 50.0, "https://k.clarity.ms/collect", b"12345678");
    let judgement = judged(&visit);
    let finding = about(&judgement, "microsoft-clarity");
    assert_eq!((finding.proof, finding.requests, finding.upload.wire_bytes), (sent, 1, 8));
}

#[test]
fn a_preflight_is_a_contact_but_the_weaker_proof() {
    let mut visit = page("https://shop.test/");
    ask(&mut visit, 10.0, "https://api.segment.io/v1/p", Transport::Preflight);
    let same_moment = ask(&mut visit, 10.0, "https://api.segment.io/v1/p", Transport::Fetch);
    assert_eq!(about(&judged(&visit), "segment").proof, same_moment);

    let mut visit = page("https://shop.test/");
    let earlier = ask(&mut visit, 9.0, "https://api.segment.io/v1/p", Transport::Preflight);
    ask(&mut visit, 10.0, "https://api.segment.io/v1/p", Transport::Fetch);
    assert_eq!(about(&judged(&visit), "segment").proof, earlier);
}

#[test]
fn a_redirect_through_a_third_party_is_a_contact_there() {
    let mut visit = page("https://shop.test/");
    let mut hop = |at, url, redirect_of| {
        let request = request(url, Transport::Document, None);
        add(&mut visit, at, Fact::Request(earshot_model::Request { redirect_of, ..request }))
    };
    let bounce = hop(40.0, "https://bounce.test/?to=shop", Some(0));
    let match_ = hop(80.0, "https://match.adsrvr.org/track/cmf", Some(bounce));
    hop(120.0, "https://www.shop.example/", Some(match_));
    visit.final_url = Some(PageUrl::parse("https://www.shop.example/").unwrap());
    ask(&mut visit, 130.0, "https://cdn.shop.example/app.js", Transport::Script);
    ask(&mut visit, 140.0, "https://old.shop.test/app.js", Transport::Script);
    let judgement = judged(&visit);
    assert_eq!(vendors(&judgement), ["bounce.test", "trade-desk"]);
    assert_eq!(about(&judgement, "trade-desk").proof, match_);
}

#[test]
fn a_redirect_of_a_pixel_counts_for_each_hop() {
    let mut visit = page("https://shop.test/");
    let first = ask(&mut visit, 10.0, "https://c.clarity.ms/c.gif", Transport::Image);
    let sync = request("https://sync.test/?id=1", Transport::Image, None);
    let sync = earshot_model::Request { redirect_of: Some(first), ..sync };
    add(&mut visit, 20.0, Fact::Request(sync));
    visit.took_ms = 500;
    assert_eq!(vendors(&judged(&visit)), ["microsoft-clarity", "sync.test"]);
}

#[test]
fn socket_frames_that_were_sent_are_uploads() {
    let mut visit = page("https://shop.test/");
    let socket = ask(&mut visit, 10.0, "wss://socket.tidio.co/socket.io/?x", Transport::WebSocket);
    frame(&mut visit, socket, Direction::Sent, b"hello");
    frame(&mut visit, socket, Direction::Received, b"a long answer");
    frame(&mut visit, socket, Direction::Sent, b"");
    let judgement = judged(&visit);
    assert_eq!(about(&judgement, "tidio").upload, Upload { count: 1, wire_bytes: 5, decoded_bytes: 5 });
    let notes: Vec<_> = judgement.notes[2..].iter().map(|note| (note.vendor.as_deref(), note.decoded_bytes)).collect();
    assert_eq!(notes, [(Some("tidio"), 5), (Some("tidio"), 0), (Some("tidio"), 0)]);
}

#[test]
fn a_body_that_was_cut_counts_at_least_what_went_over_the_wire() {
    let mut visit = page("https://shop.test/");
    let body = Body { size: 9_000, excerpt: b"plain".to_vec() };
    add(&mut visit, 10.0, Fact::Request(request("https://in.test/x", Transport::Beacon, Some(body))));
    let judgement = judged(&visit);
    assert_eq!(about(&judgement, "in.test").upload, Upload { count: 1, wire_bytes: 9_000, decoded_bytes: 9_000 });
}

#[test]
fn facts_that_point_nowhere_do_not_panic() {
    let mut visit = page("https://shop.test/");
    fail(&mut visit, 999, "net::ERR_ABORTED");
    answer(&mut visit, u32::MAX, true);
    frame(&mut visit, 77, Direction::Sent, b"x");
    ask(&mut visit, f64::NAN, "https://a.test/", Transport::Image);
    visit.events[1].at_ms = None;
    let judgement = judged(&visit);
    assert_eq!(judgement.notes.len(), visit.events.len());
    assert_eq!(about(&judgement, "a.test").first_contact_ms, 8_000.0, "by the end of the visit");
}

#[test]
fn a_page_that_was_cut_short_was_seen_as_far_as_it_went() {
    let mut visit = page("https://shop.test/");
    visit.outcome = Outcome::Partial { status: 200, detail: "3 s of 8 s".into() };
    let tag = ask(&mut visit, 10.0, "https://www.clarity.ms/tag/x", Transport::Script);
    assert_eq!(about(&judged(&visit), "microsoft-clarity").proof, tag);
}

#[test]
fn frames_of_others_are_named_and_the_sites_own_are_the_page() {
    let mut visit = page("https://shop.test/");
    for frame in ["https://shop.test/", "https://pay.shop.test/x", "https://b.chat.test/", "https://a.ads.test/", ""] {
        let tag = ask(&mut visit, 10.0, "https://www.clarity.ms/tag/x", Transport::Script);
        visit.events[tag as usize].frame = frame.into();
    }
    let preflight = ask(&mut visit, 10.0, "https://www.clarity.ms/x", Transport::Preflight);
    visit.events[preflight as usize].frame = "https://www.clarity.ms/x".into();
    assert_eq!(about(&judged(&visit), "microsoft-clarity").traits.frames, ["ads.test", "chat.test"]);
}
