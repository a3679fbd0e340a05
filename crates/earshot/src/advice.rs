//! What browser workers have to know of vendors, which they do not know themselves.

use std::{sync::Arc, time::Duration};

use earshot_browser::Advice;
use earshot_detect::{Catalogue, leak};
use url::Url;

/// Advice by the catalogue: recorders are waited for as long as their first upload usually takes.
pub fn of(catalogue: Arc<Catalogue>) -> Advice {
    let patience = move |url: &str| {
        let vendor = catalogue.owner(&Url::parse(url).ok()?)?;
        vendor.first_upload_ms.map(|ms| (vendor.id.clone(), Duration::from_millis(ms.into())))
    };
    Advice { patience: Arc::new(patience), opaque: Arc::new(leak::is_opaque) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recorders_are_waited_for_and_nobody_else() {
        let advice = of(Arc::new(Catalogue::built_in().unwrap()));
        let patience = |url: &str| (advice.patience)(url).map(|(_, time)| time);
        assert_eq!(patience("https://k.clarity.ms/collect"), Some(Duration::from_secs(1)));
        assert!(patience("https://static.openreplay.com/x.js") >= Some(Duration::from_secs(20)));
        assert_eq!(patience("https://www.google-analytics.com/g/collect"), None);
        assert_eq!(patience("not an address"), None);
    }

    #[test]
    fn text_can_be_read_and_noise_cannot() {
        let advice = of(Arc::new(Catalogue::built_in().unwrap()));
        let noise: Vec<u8> = (0..2_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        assert!((advice.opaque)(&noise) && !(advice.opaque)(br#"{"event":"page_view","properties":{"n":1}}"#));
    }
}
