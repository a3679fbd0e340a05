//! Whom the page believes to meet: a normal Chrome of the same version. Several SDKs stay silent for a headless one.

use chromiumoxide::cdp::browser_protocol::emulation::{
    SetDeviceMetricsOverrideParams, SetUserAgentOverrideParams, UserAgentBrandVersion, UserAgentMetadata,
};
use earshot_model::Identity;

/// The browser's name for its variant without a window.
const HEADLESS: &str = "HeadlessChrome";

/// A common laptop's viewport, in CSS pixels.
const VIEWPORT: (i64, i64) = (1366, 768);

/// What is presented, and what really watches.
#[derive(Clone, Debug)]
pub(crate) struct Presented {
    pub identity: Identity,
    version: String,
}

impl Presented {
    /// For a browser that calls itself `product` (`HeadlessChrome/156.0.8078.79`).
    pub(crate) fn new(product: &str) -> Self {
        let version = product.rsplit('/').next().unwrap_or_default().to_owned();
        let identity = Identity {
            browser: product.to_owned(),
            user_agent: user_agent(&version),
            // Measured: only the headless shell stores unpartitioned SameSite=None cookies of third parties.
            third_party_cookies: product.starts_with(HEADLESS),
            earshot: env!("CARGO_PKG_VERSION").to_owned(),
            // The door that a visit takes knows it.
            egress: String::new(),
        };
        Self { identity, version }
    }

    /// The user agent with the client hints that belong to it.
    pub(crate) fn user_agent(&self) -> SetUserAgentOverrideParams {
        let major = self.version.split('.').next().unwrap_or_default();
        SetUserAgentOverrideParams {
            user_agent: self.identity.user_agent.clone(),
            accept_language: Some("en-US,en".to_owned()),
            platform: Some("Linux x86_64".to_owned()),
            user_agent_metadata: Some(UserAgentMetadata {
                brands: Some(brands(major, "24")),
                full_version_list: Some(brands(&self.version, "24.0.0.0")),
                platform: "Linux".to_owned(),
                platform_version: String::new(),
                architecture: "x86".to_owned(),
                model: String::new(),
                mobile: false,
                bitness: Some("64".to_owned()),
                wow64: Some(false),
                form_factors: Some(vec!["Desktop".to_owned()]),
            }),
        }
    }

    /// A desktop screen: the shell's own is 800 by 600.
    pub(crate) fn screen(&self) -> SetDeviceMetricsOverrideParams {
        let (width, height) = VIEWPORT;
        SetDeviceMetricsOverrideParams::new(width, height, 1.0, false)
    }
}

/// Chrome's user agent, which tells the major version only
/// (<https://www.chromium.org/updates/ua-reduction/>).
pub(crate) fn user_agent(version: &str) -> String {
    let major = version.split('.').next().unwrap_or_default();
    format!("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{major}.0.0.0 Safari/537.36")
}

/// Chrome's three brands; the third is its grease against parsers that expect two.
fn brands(version: &str, grease: &str) -> Vec<UserAgentBrandVersion> {
    [("Chromium", version), ("Google Chrome", version), ("Not-A.Brand", grease)]
        .map(|(brand, version)| UserAgentBrandVersion::new(brand, version))
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_presented_says_headless() {
        let presented = Presented::new("HeadlessChrome/156.0.8078.79");
        let override_ = serde_json::to_string(&presented.user_agent()).unwrap();
        assert!(!override_.contains("Headless"), "{override_}");
        assert!(override_.contains("Chrome/156.0.0.0") && override_.contains("156.0.8078.79"), "{override_}");
        assert_eq!(presented.identity.browser, "HeadlessChrome/156.0.8078.79");
    }
}
