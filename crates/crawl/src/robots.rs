//! robots.txt as RFC 9309 has it, for one host.

use std::time::Duration;

use earshot_model::PageUrl;
use texting_robots::Robot;

use crate::failure::Failure;

/// The product token that the crawler is addressed by (RFC 9309 § 2.2.1).
const TOKEN: &str = "earshot";

/// What is read of a robots.txt: RFC 9309 § 2.5 asks for at least 500 KiB.
pub(crate) const MAX_ROBOTS_BYTES: usize = 512 * 1024;

/// Longest `Crawl-delay` that is understood, so that nonsense stays arithmetic. A crawl's wall ends it earlier.
const MAX_DELAY: Duration = Duration::from_secs(3_600);

/// What a host's robots.txt lets us do.
pub(crate) enum Robots {
    /// It has rules.
    Rules(Box<Robot>),
    /// There is none (4xx, or redirects without end): everything is allowed (§ 2.3.1.3).
    None,
    /// It answered 5xx: nothing is allowed (§ 2.3.1.4). The status is kept for the outcome.
    ServerError(u16),
    /// It could not be had: nothing is allowed (§ 2.3.1.4).
    Failed(Failure),
}

impl Robots {
    /// Reads the answer to a request for robots.txt. A file that is beyond parsing counts as none.
    pub fn of_answer(status: u16, body: &[u8]) -> Self {
        match status {
            200..=299 => Robot::new(TOKEN, body).map_or(Self::None, |robot| Self::Rules(Box::new(robot))),
            500..=599 => Self::ServerError(status),
            _ => Self::None,
        }
    }

    /// Whether the crawler may ask for `page`.
    pub fn allows(&self, page: &PageUrl) -> bool {
        match self {
            Self::Rules(robot) => robot.allowed(page.as_str()),
            Self::None => true,
            Self::ServerError(_) | Self::Failed(_) => false,
        }
    }

    /// `Crawl-delay`, which the RFC does not know and many files have.
    pub fn delay(&self) -> Option<Duration> {
        let Self::Rules(robot) = self else { return None };
        let seconds = robot.delay.filter(|seconds| seconds.is_finite() && *seconds > 0.0)?;
        Some(Duration::try_from_secs_f32(seconds).map_or(MAX_DELAY, |delay| delay.min(MAX_DELAY)))
    }

    /// The sitemaps that it names.
    pub fn sitemaps(&self) -> Vec<PageUrl> {
        let Self::Rules(robot) = self else { return Vec::new() };
        robot.sitemaps.iter().filter_map(|address| PageUrl::parse(address).ok()).collect()
    }
}

/// Where the rules for `page` stand.
pub(crate) fn address(page: &PageUrl) -> Option<PageUrl> {
    PageUrl::parse(page.url().join("/robots.txt").ok()?.as_str()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(robots: &Robots, path: &str) -> bool {
        robots.allows(&PageUrl::parse(&format!("https://shop.test{path}")).unwrap())
    }

    #[test]
    fn the_longest_rule_for_our_token_decides() {
        let file = b"User-agent: *\nDisallow: /\n\nUser-agent: Earshot\nDisallow: /private\nAllow: /private/open\n\
                     Disallow: /*.php$\nCrawl-delay: 2.5\n\nSitemap: https://shop.test/map.xml\nSitemap: nonsense\n";
        let robots = Robots::of_answer(200, file);
        for (path, allowed) in
            [("/", true), ("/private", false), ("/private/open/x", true), ("/a.php", false), ("/a.php?x", true)]
        {
            assert_eq!(allows(&robots, path), allowed, "{path}");
        }
        assert_eq!(robots.delay(), Some(Duration::from_millis(2_500)));
        assert_eq!(robots.sitemaps(), [PageUrl::parse("https://shop.test/map.xml").unwrap()]);
    }

    #[test]
    fn who_has_no_group_is_everybody() {
        assert!(!allows(&Robots::of_answer(200, b"User-agent: *\nDisallow: /\n"), "/x"));
        assert!(allows(&Robots::of_answer(200, b"User-agent: other\nDisallow: /\n"), "/x"));
    }

    #[test]
    fn a_missing_file_allows_and_a_failing_server_forbids() {
        for (status, allowed) in [(404, true), (403, true), (410, true), (301, true), (500, false), (503, false)] {
            assert_eq!(allows(&Robots::of_answer(status, b""), "/"), allowed, "{status}");
        }
        assert!(!allows(&Robots::Failed(Failure::TimedOut), "/"));
    }

    #[test]
    fn garbage_is_survived() {
        for file in [&b"\xff\xfe\0\0<html>"[..], b"Crawl-delay: -1\nUser-agent: *\nCrawl-delay: inf", b"Disallow: [("] {
            let robots = Robots::of_answer(200, file);
            assert_eq!(robots.delay(), None);
            assert!(allows(&robots, "/x"));
        }
    }
}
