//! Scripts of a site's hosting that hold the page's own scripts back and run them later: they are on the stack of
//! everything, and do nothing of their own.

use url::Url;

/// Where such scripts lie on the site's own host. Cloudflare's Rocket Loader and mail decoder; the lazy loaders of WP
/// Rocket and of the plug-in that its makers publish alone.
const PATHS: [&str; 3] = [
    "/cdn-cgi/scripts/",
    "/wp-content/plugins/wp-rocket/assets/js/",
    "/wp-content/plugins/rocket-lazy-load/assets/js/",
];

/// Whether the address is that of such a script.
pub(crate) fn is_loader(url: &str) -> bool {
    PATHS.iter().any(|path| url.contains(path)) && Url::parse(url).is_ok_and(|url| is_path(url.path()))
}

fn is_path(path: &str) -> bool {
    PATHS.iter().any(|known| path.contains(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loaders_are_told_by_their_path() {
        for (url, is) in [
            ("https://shop.test/cdn-cgi/scripts/7d0fa10a/cloudflare-static/rocket-loader.min.js", true),
            ("https://shop.test/wp-content/plugins/wp-rocket/assets/js/lazyload/17.5/lazyload.min.js", true),
            ("https://shop.test/wp-content/plugins/wp-mail/assets/js/x.js", false),
            ("https://shop.test/x.js?from=/cdn-cgi/scripts/", false),
            ("/cdn-cgi/scripts/", false),
        ] {
            assert_eq!(is_loader(url), is, "{url}");
        }
    }
}
