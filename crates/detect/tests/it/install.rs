//! By which way a vendor came.

use earshot_model::{InstallRoute, MarkKind, Transport, Visit};

use crate::visit::{about, ask, judged, mark, page, parsed, scripted};

const PAGE: &str = "https://shop.test/";
const CLARITY: &str = "https://www.clarity.ms/tag/abc";
const GTM: &str = "https://www.googletagmanager.com/gtm.js?id=GTM-AB12";
const GTAG: &str = "https://www.googletagmanager.com/gtag/js?id=G-1";

fn way(visit: &Visit, vendor: &str) -> Option<(InstallRoute, String)> {
    about(&judged(visit), vendor).traits.install.clone().map(|install| (install.route, install.name))
}

/// The page with scripts that it asks for in its markup, the last of which loads Clarity.
fn through(scripts: &[&str]) -> Visit {
    let mut visit = page(PAGE);
    let mut above = None;
    for script in scripts {
        match above {
            None => parsed(&mut visit, 10.0, script, Transport::Script, PAGE),
            Some(above) => scripted(&mut visit, 10.0, script, Transport::Script, &[above]),
        };
        above = Some(script);
    }
    match above {
        None => parsed(&mut visit, 20.0, CLARITY, Transport::Script, PAGE),
        Some(above) => scripted(&mut visit, 20.0, CLARITY, Transport::Script, &[above]),
    };
    visit
}

#[test]
fn the_way_is_the_nearest_place_to_go_to() {
    use InstallRoute::{DataPlatform, Markup, OtherVendor, Platform, Plugin, SiteScript, TagManager};
    let segment = "https://cdn.segment.com/analytics.js/v1/key1/analytics.min.js";
    let plugin = "https://shop.test/wp-content/plugins/pixelyoursite/dist/public.js?ver=9";
    let hotjar = "https://static.hotjar.com/c/hotjar-12.js";
    let app = "https://shop.test/app.js?v=1";
    for (scripts, route, name) in [
        (&[][..], Markup, ""),
        (&[GTM][..], TagManager, "GTM-AB12"),
        (&[GTM, hotjar][..], TagManager, "GTM-AB12"),
        (&[GTM, segment][..], DataPlatform, "key1"),
        (&["https://tags.tiqcdn.com/utag/acme/main/prod/utag.js"][..], TagManager, "acme"),
        (&[plugin][..], Plugin, "pixelyoursite"),
        (&[plugin, GTM][..], TagManager, "GTM-AB12"),
        (&["https://shop.test/cdn/wpm/b1.js"][..], Platform, "Shopify"),
        (&["https://cdn.shopify.com/s/trekkie.storefront.a1.min.js", hotjar][..], Platform, "Shopify"),
        (&["https://static.parastorage.com/services/tag-manager.js"][..], Platform, "Wix"),
        (&[app][..], SiteScript, "https://shop.test/app.js"),
        (&[app, hotjar][..], OtherVendor, "Hotjar"),
        (&[hotjar, app][..], SiteScript, "https://shop.test/app.js"),
        (&["https://x.widgets.test/w.js"][..], OtherVendor, "widgets.test"),
        (&[GTAG][..], Markup, ""),
        (&["https://cdn.jsdelivr.net/npm/@a/loader@1/x.js"][..], Markup, ""),
        (&["https://shop.test/cdn-cgi/scripts/1/cloudflare-static/rocket-loader.min.js"][..], Markup, ""),
        (&["https://shop.test/wp-content/plugins/wp-rocket/assets/js/lazyload/17.5/lazyload.min.js"][..], Markup, ""),
        (&[app, GTAG][..], SiteScript, "https://shop.test/app.js"),
    ] {
        assert_eq!(way(&through(scripts), "microsoft-clarity"), Some((route, name.to_owned())), "{scripts:?}");
    }
}

#[test]
fn what_the_page_itself_asks_for() {
    for (stack, wanted) in [
        (&[PAGE][..], Some(InstallRoute::Inline)),
        (&[PAGE, ""][..], Some(InstallRoute::Inline)),
        (&["https://shop.test/#top"][..], Some(InstallRoute::Inline)),
        (&[""][..], None),
        (&[][..], None),
        (&["blob:https://shop.test/1"][..], None),
    ] {
        let mut visit = page(PAGE);
        scripted(&mut visit, 10.0, CLARITY, Transport::Script, stack);
        assert_eq!(way(&visit, "microsoft-clarity").map(|(route, _)| route), wanted, "{stack:?}");
    }
    let mut visit = page(PAGE);
    ask(&mut visit, 10.0, CLARITY, Transport::Script);
    assert_eq!(way(&visit, "microsoft-clarity"), None, "nobody saw it");
    scripted(&mut visit, 20.0, "https://k.clarity.ms/collect", Transport::Fetch, &[CLARITY, PAGE]);
    assert_eq!(way(&visit, "microsoft-clarity"), None, "nor did its own script");
    scripted(&mut visit, 30.0, "https://c.clarity.ms/c.gif", Transport::Image, &[PAGE]);
    assert_eq!(way(&visit, "microsoft-clarity"), Some((InstallRoute::Inline, String::new())), "a later one says it");
}

#[test]
fn a_tag_that_the_page_put_there_for_another_leads_to_the_page() {
    let mut visit = page(PAGE);
    scripted(&mut visit, 10.0, GTAG, Transport::Script, &[PAGE]);
    scripted(&mut visit, 20.0, "https://www.google-analytics.com/g/collect?v=2&tid=G-1", Transport::Fetch, &[GTAG]);
    assert_eq!(way(&visit, "google-analytics"), Some((InstallRoute::Inline, String::new())));
    assert_eq!(way(&visit, "google-tag-manager"), Some((InstallRoute::Inline, String::new())));
    assert_eq!(about(&judged(&visit), "google-analytics").traits.brought_by, ["Google Tag Manager G-1"]);
}

#[test]
fn wordpress_marks_name_the_plug_in() {
    let file = "https://shop.test/wp-content/plugins/my-stats/front.js";
    for (marks, plugin) in [
        (
            &[
                (MarkKind::InlineScript, "my-handle-js-after", "x.test www.clarity.ms"),
                (MarkKind::Script, "my-handle-js", file),
            ][..],
            Some("my-stats"),
        ),
        (
            &[
                (MarkKind::InlineScript, "my-stats-front-js-before", "www.clarity.ms"),
                (MarkKind::Script, "other-js", file),
            ][..],
            Some("my-stats"),
        ),
        (&[(MarkKind::InlineScript, "google_gtagjs-js-after", "www.clarity.ms")][..], Some("google-site-kit")),
        (&[(MarkKind::Script, "gtm4wp-tracking-js", CLARITY)][..], Some("duracelltomi-google-tag-manager")),
        (&[(MarkKind::InlineScript, "google_gtagjs-js-after", "www.clarity.ms.test")][..], None),
        (&[(MarkKind::InlineScript, "theme-js-after", "www.clarity.ms")][..], None),
        (&[(MarkKind::InlineScript, "google_gtagjs", "www.clarity.ms")][..], None),
        (&[(MarkKind::Global, "google_gtagjs-js", "www.clarity.ms")][..], None),
    ] {
        let mut visit = page(PAGE);
        scripted(&mut visit, 10.0, CLARITY, Transport::Script, &[PAGE]);
        for (kind, name, value) in marks {
            mark(&mut visit, *kind, name, value);
        }
        let (route, name) = way(&visit, "microsoft-clarity").unwrap();
        assert_eq!((route == InstallRoute::Plugin).then_some(name.as_str()), plugin, "{marks:?}");
    }
}

#[test]
fn the_generator_says_it_where_nothing_better_does() {
    for (generator, platform) in
        [("Wix.com Website Builder", Some("Wix")), ("Squarespace 7.1", Some("Squarespace")), ("WordPress 6.5", None)]
    {
        let mut visit = page(PAGE);
        ask(&mut visit, 10.0, CLARITY, Transport::Script);
        mark(&mut visit, MarkKind::Generator, "", generator);
        let platform = platform.map(|name| (InstallRoute::Platform, name.to_owned()));
        assert_eq!(way(&visit, "microsoft-clarity"), platform, "{generator}");

        let mut visit = through(&[GTM]);
        mark(&mut visit, MarkKind::Generator, "", generator);
        assert_eq!(way(&visit, "microsoft-clarity").unwrap().0, InstallRoute::TagManager);
    }
}
