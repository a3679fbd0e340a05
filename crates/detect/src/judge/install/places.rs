//! Signs of plug-ins and platforms: in addresses, in marks, in the generator's name.

use std::collections::HashSet;

use earshot_model::{Fact, Mark, MarkKind};
use url::Url;

use crate::{judge::Case, loader};

/// Where WordPress keeps plug-ins (Plugin Handbook, "Determining Plugin and Content Directories").
const PLUGINS: &str = "/wp-content/plugins/";

/// What WordPress puts behind a script's handle to make the id of its element: the script itself, and the inline
/// scripts around it (`wp-includes/class-wp-scripts.php`).
const ELEMENTS: [&str; 5] = ["-js-extra", "-js-before", "-js-after", "-js-translations", "-js"];

/// Handles that do not begin with the name of their plug-in's folder, from the plug-ins' published source.
const HANDLES: [(&str, &str); 4] = [
    ("google_gtagjs", "google-site-kit"),
    ("gtm4wp", "duracelltomi-google-tag-manager"),
    ("monsterinsights", "google-analytics-for-wordpress"),
    ("pys", "pixelyoursite"),
];

/// Platforms by the hosts from which their own scripts come, and all hosts below.
const HOSTS: [(&str, &str); 7] = [
    ("parastorage.com", "Wix"),
    ("wixstatic.com", "Wix"),
    ("assets.squarespace.com", "Squarespace"),
    ("static1.squarespace.com", "Squarespace"),
    ("website-files.com", "Webflow"),
    ("webflow.com", "Webflow"),
    ("shopifycloud.com", "Shopify"),
];

/// Platforms by what they write into `<meta name="generator">`, or by how that begins.
const GENERATORS: [(&str, &str); 4] =
    [("Wix.com", "Wix"), ("Squarespace", "Squarespace"), ("Webflow", "Webflow"), ("Shopify", "Shopify")];

/// The folder of the plug-in that an address lies in; none for one that only runs later what others have put there.
pub(super) fn plugin(url: &str) -> Option<&str> {
    if loader::is_loader(url) {
        return None;
    }
    let path = url.split(['?', '#']).next()?;
    let (_, below) = path.split_once(PLUGINS)?;
    below.split_once('/').map(|(folder, _)| folder).filter(|folder| !folder.is_empty())
}

/// The platform whose own script an address is.
pub(in crate::judge) fn platform(url: &str) -> Option<&'static str> {
    let url = Url::parse(url).ok()?;
    let host = url.host_str()?;
    let path = url.path();
    // Shopify serves its scripts from the shop's own host too, under /cdn/.
    let of_shopify = path.contains("/shopifycloud/") || path.contains("/cdn/wpm/") || path.contains("/trekkie.");
    if of_shopify {
        return Some("Shopify");
    }
    let below = |suffix: &str| host.strip_suffix(suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    HOSTS.iter().find(|(suffix, _)| below(suffix)).map(|(_, platform)| *platform)
}

/// The platform that the page says it was made with.
pub(super) fn generator(case: &Case) -> Option<&'static str> {
    let mut generators = marks(case).filter(|mark| mark.kind == MarkKind::Generator);
    generators.find_map(|mark| {
        let found = GENERATORS.iter().find(|(name, _)| mark.value.starts_with(name));
        found.map(|(_, platform)| *platform)
    })
}

/// The plug-in that put into the page what asks for `url`: the element's id names a handle, and a script with that
/// handle lies in the plug-in's folder, or the handle begins with the name of a folder that the page uses.
pub(super) fn marked_plugin(case: &Case, url: &str) -> Option<String> {
    let host = Url::parse(url).ok()?.host_str()?.to_owned();
    marks(case)
        .filter(|mark| match mark.kind {
            MarkKind::Script => mark.value == url,
            MarkKind::InlineScript => mark.value.split(' ').any(|named| named == host),
            _ => false,
        })
        .flat_map(|mark| mark.name.split(' '))
        .find_map(|name| folder_of(case, handle(name)?))
}

/// The handle in an element's id.
fn handle(id: &str) -> Option<&str> {
    ELEMENTS.iter().find_map(|element| id.strip_suffix(element)).filter(|handle| !handle.is_empty())
}

fn folder_of(case: &Case, wanted: &str) -> Option<String> {
    let own = marks(case).filter(|mark| mark.kind == MarkKind::Script && handle(&mark.name) == Some(wanted));
    let by_script = own.filter_map(|mark| plugin(&mark.value)).next();
    let begins =
        |name: &str| wanted.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']));
    let by_name = || case.plugins.get_or_init(|| folders(case)).iter().copied().find(|folder| begins(folder));
    let by_table = || HANDLES.iter().find(|(name, _)| begins(name)).map(|(_, folder)| *folder);
    by_script.or_else(by_name).or_else(by_table).map(str::to_owned)
}

/// The folders of all plug-ins that the page names, in order, each once.
fn folders<'a>(case: &Case<'a>) -> Vec<&'a str> {
    let named = case.visit.events.iter().filter_map(|event| match &event.fact {
        Fact::Request(request) => plugin(&request.url),
        Fact::Mark(mark) => plugin(&mark.value),
        _ => None,
    });
    let mut seen = HashSet::new();
    named.filter(|folder| seen.insert(*folder)).collect()
}

fn marks<'a>(case: &Case<'a>) -> impl Iterator<Item = &'a Mark> {
    case.visit.events.iter().filter_map(|event| match &event.fact {
        Fact::Mark(mark) => Some(mark),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plugins_are_told_by_their_folder() {
        for (url, folder) in [
            ("https://shop.test/wp-content/plugins/pixelyoursite/dist/public.js?ver=9", Some("pixelyoursite")),
            ("https://shop.test/blog/wp-content/plugins/a-b/x.js", Some("a-b")),
            ("https://shop.test/wp-content/plugins/x.js", None),
            ("https://shop.test/wp-content/themes/a/x.js", None),
            ("https://shop.test/?x=/wp-content/plugins/a/x.js", None),
        ] {
            assert_eq!(plugin(url), folder, "{url}");
        }
    }

    #[test]
    fn platforms_are_told_by_host_or_path() {
        for (url, name) in [
            ("https://cdn.shopify.com/shopifycloud/web-pixels-manager/0/x.js", Some("Shopify")),
            ("https://shop.test/cdn/shopifycloud/storefront/x.js", Some("Shopify")),
            ("https://cdn.shopify.com/s/trekkie.storefront.abc.min.js", Some("Shopify")),
            ("https://cdn.shopify.com/s/files/1/theme.js", None),
            ("https://static.parastorage.com/services/x.js", Some("Wix")),
            ("https://assets.squarespace.com/universal/x.js", Some("Squarespace")),
            ("https://cdn.prod.website-files.com/1/js/webflow.js", Some("Webflow")),
            ("https://notparastorage.com/x.js", None),
        ] {
            assert_eq!(platform(url), name, "{url}");
        }
    }

    #[test]
    fn handles_are_what_stands_before_the_suffix() {
        for (id, name) in
            [("pys-js", Some("pys")), ("a-b-js-after", Some("a-b")), ("js", None), ("-js", None), ("x", None)]
        {
            assert_eq!(handle(id), name, "{id}");
        }
    }
}
