//! A few bytes of something, for people and programs.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use earshot_model::Proof;
use serde::Serialize;

/// Most bytes shown: a long text and what stands around it.
const MAX: usize = 8 * 1024;

/// Some bytes, and where they stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Excerpt {
    /// The first byte shown.
    from: u64,
    /// The one after the last.
    to: u64,
    /// Exactly.
    base64: String,
    /// As text; what is none has U+FFFD in its place.
    text: String,
}

impl Excerpt {
    /// The range `bytes` of a part, with [`Proof::AROUND`] on either side; `None` if the part is not kept so far.
    pub fn around(part: &[u8], bytes: (u64, u64)) -> Option<Self> {
        let at = |position: u64| usize::try_from(position).ok().filter(|position| *position <= part.len());
        let (start, end) = (at(bytes.0)?, at(bytes.1)?);
        let from = start.saturating_sub(Proof::AROUND);
        let shown = part.get(from..(end + Proof::AROUND).min(part.len()))?;
        Some(Self::of(shown, from as u64))
    }

    /// What [`Proof::layer`] has.
    pub fn of_layer(proof: &Proof) -> Option<Self> {
        let from = proof.inner.0.saturating_sub(Proof::AROUND as u64);
        (!proof.layer.is_empty()).then(|| Self::of(&proof.layer, from))
    }

    fn of(bytes: &[u8], from: u64) -> Self {
        let bytes = &bytes[..bytes.len().min(MAX)];
        Self {
            from,
            to: from + bytes.len() as u64,
            base64: BASE64_STANDARD.encode(bytes),
            text: String::from_utf8_lossy(bytes).into_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_says_where_it_stands() {
        let part: Vec<u8> = (0..=255).cycle().take(1000).collect();
        let excerpt = Excerpt::around(&part, (300, 310)).unwrap();
        assert_eq!((excerpt.from, excerpt.to), (180, 430));
        assert_eq!(BASE64_STANDARD.decode(&excerpt.base64).unwrap(), part[180..430]);
        assert_eq!(Excerpt::around(&part, (0, 1000)).unwrap().to, 1000);
        assert_eq!(Excerpt::around(&part, (990, 1001)), None, "behind what is kept");
        assert_eq!(Excerpt::around(&part, (500, 100)), None, "no range");
    }
}
