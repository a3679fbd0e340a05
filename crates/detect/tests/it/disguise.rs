//! Vendors under the site's own name.

use earshot_model::{
    Disguise, DisguiseKind, Fact, Initiator, Listener, PageUrl, Request, StorageArea, Transport, Visit,
};

use crate::visit::{
    about, add, alias, ask, cookie, frames, judged, page, parsed, post, request, scripted, store, vendors, whole,
};

const OMTRDC: &str = "shop.test.sc.omtrdc.net";

fn disguise_of(visit: &Visit, vendor: &str) -> Option<Disguise> {
    about(&judged(visit), vendor).traits.disguise.clone()
}

#[test]
fn a_cname_of_the_site_to_a_vendor_is_the_vendor() {
    let mut visit = page("https://www.shop.test/");
    alias(&mut visit, "metrics.shop.test", &["edge.shop-cdn.test", OMTRDC]);
    ask(&mut visit, 10.0, "https://static.shop.test/app.js", Transport::Script);
    let pixel = ask(&mut visit, 20.0, "https://metrics.shop.test/b/ss/suite1/1/JS?x=1", Transport::Image);
    let id = ask(&mut visit, 15.0, "https://metrics.shop.test/id", Transport::Fetch);
    add(&mut visit, 30.0, Fact::Cookie(cookie("s_x", "shop.test", Some(pixel))));
    let judgement = judged(&visit);
    assert_eq!(vendors(&judgement), ["adobe-analytics"]);
    let finding = about(&judgement, "adobe-analytics");
    assert_eq!((finding.proof, finding.requests), (id, 2), "every request to the host is the vendor's");
    assert_eq!(finding.stored, ["cookie:s_x"], "what its answer sets is its");
    assert_eq!(finding.traits.accounts, ["suite:suite1"]);
    let disguise = finding.traits.disguise.clone().unwrap();
    assert_eq!((disguise.kind, disguise.host.as_str()), (DisguiseKind::Cname, "metrics.shop.test"));
    assert_eq!(disguise.chain, ["edge.shop-cdn.test", OMTRDC]);
    assert_eq!(disguise.sign, OMTRDC);
    assert_eq!(judgement.notes[1].vendor.as_deref(), Some("adobe-analytics"), "the alias itself");
    assert_eq!(judgement.notes[2].vendor, None);
}

#[test]
fn behind_one_name_of_a_company_the_path_tells_which_vendor() {
    let mut visit = page("https://www.shop.test/");
    alias(&mut visit, "data.shop.test", &["shop.data.adobedc.net"]);
    ask(&mut visit, 10.0, "https://data.shop.test/ee/v1/interact?configId=c1", Transport::Fetch);
    ask(&mut visit, 20.0, "https://data.shop.test/b/ss/suite1/1", Transport::Image);
    ask(&mut visit, 30.0, "https://data.shop.test/other", Transport::Image);
    let judgement = judged(&visit);
    assert_eq!(vendors(&judgement), ["adobe-web-sdk", "adobe-analytics"]);
    assert_eq!(about(&judgement, "adobe-web-sdk").requests, 2);
    for vendor in ["adobe-web-sdk", "adobe-analytics"] {
        assert_eq!(disguise_of(&visit, vendor).unwrap().kind, DisguiseKind::Cname, "{vendor}");
    }
}

#[test]
fn an_alias_that_says_nothing_leaves_the_site_its_own() {
    for (host, chain) in [
        ("metrics.shop.test", "shop.hosting.test"),
        ("www.shop.test", OMTRDC),
        ("metrics.shop.test", "sc.omtrdc.net.hosting.test"),
    ] {
        let mut visit = page("https://www.shop.test/");
        alias(&mut visit, host, &[chain]);
        ask(&mut visit, 20.0, &format!("https://{host}/x.js"), Transport::Script);
        assert!(judged(&visit).findings.is_empty(), "{host} {chain}");
    }
}

#[test]
fn signs_tell_a_proxy_request_by_request() {
    let mut visit = page("https://www.shop.test/");
    ask(&mut visit, 10.0, "https://www.shop.test/b/ss/suite1/1?x=1", Transport::Image);
    let first = ask(&mut visit, 20.0, "https://www.shop.test/stats/b/ss/suite1/1/JS?AQB=1&x", Transport::Image);
    ask(&mut visit, 30.0, "https://www.shop.test/stats/b/ss/suite2/1/JS?AQB=1&x", Transport::Image);
    add(&mut visit, 35.0, Fact::Cookie(cookie("own", "shop.test", None)));
    store(&mut visit, StorageArea::Local, "https://www.shop.test", "own");
    let judgement = judged(&visit);
    let finding = about(&judgement, "adobe-analytics");
    assert_eq!((finding.proof, finding.requests, judgement.findings.len()), (first, 2, 1));
    assert_eq!(finding.traits.accounts, ["suite:suite1", "suite:suite2"]);
    assert!(finding.stored.is_empty(), "the host is the site's, and what lies there too");
    let disguise = finding.traits.disguise.clone().unwrap();
    assert_eq!((disguise.kind, disguise.host.as_str()), (DisguiseKind::Proxy, "www.shop.test"));
    assert_eq!(disguise.sign, "path b/ss, AQB=1");
    assert!(disguise.chain.is_empty());
}

#[test]
fn a_proxy_at_a_strangers_host_is_seen_through_too() {
    let mut visit = page("https://shop.test/");
    ask(&mut visit, 10.0, "https://x.stranger.test/app.js", Transport::Script);
    ask(&mut visit, 20.0, "https://x.stranger.test/b/ss/suite1/1?AQB=1", Transport::Image);
    let judgement = judged(&visit);
    assert_eq!(vendors(&judgement), ["stranger.test", "adobe-analytics"]);
    assert_eq!(about(&judgement, "stranger.test").requests, 1);
    assert_eq!(about(&judgement, "stranger.test").traits.disguise, None);
}

#[test]
fn a_bodys_keys_are_signs() {
    for (body, seen) in [
        (
            r#"{"writeKey":"k1","anonymousId":"a","messageId":"m","context":{"library":{"name":"analytics.js"}},"type":"page"}"#,
            true,
        ),
        (r#"{"writeKey":"k1","type":"page"}"#, false),
        ("", false),
    ] {
        let mut visit = page("https://shop.test/");
        post(&mut visit, 10.0, "https://shop.test/seg/v1/p", body.as_bytes());
        assert_eq!(vendors(&judged(&visit)).contains(&"segment"), seen, "{body}");
    }
}

#[test]
fn a_tagging_server_and_what_it_serves() {
    let mut visit = page("https://www.shop.test/");
    let loader =
        parsed(&mut visit, 10.0, "https://sst.shop.test/abc.js?x=1", Transport::Script, "https://www.shop.test/");
    let stack = ["https://sst.shop.test/abc.js?x=1"];
    scripted(&mut visit, 15.0, "https://sst.shop.test/img.png", Transport::Image, &stack);
    scripted(&mut visit, 20.0, "https://sst.shop.test/g/collect?v=2&tid=G-AB12CD34", Transport::Fetch, &stack);
    let judgement = judged(&visit);
    let finding = about(&judgement, "google-analytics");
    assert_eq!((finding.proof, finding.requests), (loader, 2), "the script is told by what it sent");
    assert_eq!(finding.traits.accounts, ["measurement:G-AB12CD34"]);
    let disguise = finding.traits.disguise.clone().unwrap();
    assert_eq!((disguise.kind, disguise.host.as_str()), (DisguiseKind::ServerSideTagging, "sst.shop.test"));
    assert_eq!(disguise.sign, "sent path g/collect, v=2, tid=G-*");
    assert_eq!(judgement.findings.len(), 1, "the image stays the site's");
}

#[test]
fn a_bundle_around_fetch_is_not_the_vendor() {
    let (bundle, tag) = ("https://sst.shop.test/bundle.js", "https://sst.shop.test/abc.js");
    for (stack, seen) in
        [(&[bundle][..], true), (&[bundle, tag][..], false), (&[bundle, "https://www.shop.test/"], false)]
    {
        let mut visit = page("https://www.shop.test/");
        ask(&mut visit, 10.0, bundle, Transport::Script);
        ask(&mut visit, 11.0, tag, Transport::Script);
        scripted(&mut visit, 20.0, "https://sst.shop.test/g/collect?v=2&tid=G-AB12CD34", Transport::Fetch, stack);
        let listener = Listener { event: "input".into(), target: "input#mail".into(), ..Listener::default() };
        add(&mut visit, 30.0, Fact::Listener(Listener { stack: frames(&[bundle]), ..listener }));
        let judgement = judged(&visit);
        assert_eq!(judgement.notes[1].vendor.is_some(), seen, "{stack:?}");
        assert_eq!(vendors(&judgement), ["google-analytics"], "its listening is the site's: {stack:?}");
        assert_eq!(judgement.notes[4].vendor, None);
    }
}

#[test]
fn a_script_of_the_pages_own_host_stays_the_sites() {
    let mut visit = page("https://www.shop.test/");
    let app = "https://www.shop.test/app.js";
    ask(&mut visit, 10.0, app, Transport::Script);
    let sent =
        scripted(&mut visit, 20.0, "https://www.shop.test/m/g/collect?v=2&tid=G-AB12CD34", Transport::Fetch, &[app]);
    let judgement = judged(&visit);
    assert_eq!(about(&judgement, "google-analytics").proof, sent);
    assert_eq!(judgement.notes[1].vendor, None);
}

#[test]
fn a_container_under_the_sites_name_is_the_tag_managers() {
    let mut visit = page("https://www.shop.test/");
    let gtm = ask(&mut visit, 10.0, "https://www.shop.test/tags/gtm.js?id=GTM-AB12", Transport::Script);
    let judgement = judged(&visit);
    let finding = about(&judgement, "google-tag-manager");
    assert_eq!((finding.proof, finding.traits.accounts.as_slice()), (gtm, &["container:GTM-AB12".to_owned()][..]));
    assert_eq!(finding.traits.disguise.as_ref().unwrap().kind, DisguiseKind::ServerSideTagging);
}

#[test]
fn open_and_disguised_are_one_finding_proved_by_the_earlier() {
    let mut visit = page("https://www.shop.test/");
    let open = ask(&mut visit, 10.0, "https://shop.sc.omtrdc.net/id", Transport::Fetch);
    assert_eq!(disguise_of(&visit, "adobe-analytics"), None);
    ask(&mut visit, 20.0, "https://www.shop.test/b/ss/suite1/1?AQB=1", Transport::Image);
    let judgement = judged(&visit);
    let finding = about(&judgement, "adobe-analytics");
    assert_eq!((finding.proof, finding.requests, judgement.findings.len()), (open, 2, 1));
    assert_eq!(finding.traits.disguise.as_ref().unwrap().sign, "path b/ss, AQB=1");
}

#[test]
fn a_vendor_at_home_hides_from_nobody() {
    let mut visit = page("https://www.omtrdc.net/");
    alias(&mut visit, "metrics.omtrdc.net", &[OMTRDC]);
    ask(&mut visit, 10.0, "https://metrics.omtrdc.net/b/ss/suite1/1?AQB=1", Transport::Image);
    assert!(judged(&visit).findings.is_empty());
}

#[test]
fn documents_bear_no_signs_and_preflights_those_of_their_request() {
    let mut visit = page("https://shop.test/b/ss/x?AQB=1");
    visit.final_url = Some(PageUrl::parse("https://shop.test/b/ss/x?AQB=1").unwrap());
    assert!(judged(&visit).findings.is_empty());

    let body = br#"{"writeKey":"k1","anonymousId":"a","messageId":"m","context":{"library":{"name":"analytics.js"}}}"#;
    let url = "https://api.stranger.test/v1/p";
    let preflight = Request {
        method: "OPTIONS".into(),
        initiator: Initiator { kind: "preflight".into(), request: Some(2), ..Initiator::default() },
        ..request(url, Transport::Preflight, None)
    };
    let preflight = add(&mut visit, 10.0, Fact::Request(preflight));
    add(&mut visit, 10.0, Fact::Request(request(url, Transport::Fetch, Some(whole(body)))));
    let judgement = judged(&visit);
    assert_eq!(vendors(&judgement), ["segment"]);
    assert_eq!(judgement.notes[preflight as usize].vendor.as_deref(), Some("segment"));
}
