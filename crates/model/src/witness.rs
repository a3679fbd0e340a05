//! Who saw an event. What two have seen independently stands firmer than what one has.

use serde::{Deserialize, Serialize};

/// A way in which something is observed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Witness {
    /// The browser told of it by itself (CDP's Network, DOMStorage, Debugger domains).
    Browser,
    /// The browser held it back for us before it went out (CDP's Fetch domain).
    Interception,
    /// Our own script saw the page call for it.
    Page,
    /// It was there when we looked at the end (cookie jar, storage listings, the document).
    Inventory,
    /// A name server said so.
    Dns,
    /// Our own proxy, through which everything goes out, let it pass or did not.
    Egress,
}

/// A set of witnesses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Vec<Witness>", into = "Vec<Witness>")]
pub struct Witnesses(u8);

impl Witness {
    /// All of them, in order.
    pub const ALL: [Self; 6] =
        [Self::Browser, Self::Interception, Self::Page, Self::Inventory, Self::Dns, Self::Egress];

    /// The name used in reports and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Interception => "interception",
            Self::Page => "page",
            Self::Inventory => "inventory",
            Self::Dns => "dns",
            Self::Egress => "egress",
        }
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl Witnesses {
    /// Adds one.
    pub fn insert(&mut self, witness: Witness) {
        self.0 |= witness.bit();
    }

    /// Whether that one is among them.
    #[must_use]
    pub fn contains(self, witness: Witness) -> bool {
        self.0 & witness.bit() != 0
    }

    /// All of them, in order.
    pub fn iter(self) -> impl Iterator<Item = Witness> {
        Witness::ALL.into_iter().filter(move |witness| self.contains(*witness))
    }
}

impl From<Witness> for Witnesses {
    fn from(witness: Witness) -> Self {
        Self(witness.bit())
    }
}

impl FromIterator<Witness> for Witnesses {
    fn from_iter<I: IntoIterator<Item = Witness>>(witnesses: I) -> Self {
        Self(witnesses.into_iter().fold(0, |bits, witness| bits | witness.bit()))
    }
}

impl From<Vec<Witness>> for Witnesses {
    fn from(witnesses: Vec<Witness>) -> Self {
        witnesses.into_iter().collect()
    }
}

impl From<Witnesses> for Vec<Witness> {
    fn from(witnesses: Witnesses) -> Self {
        witnesses.iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_each_once_and_in_order() {
        let mut set = Witnesses::from(Witness::Page);
        set.insert(Witness::Browser);
        set.insert(Witness::Page);
        assert_eq!(Vec::from(set), [Witness::Browser, Witness::Page]);
        assert!(!set.contains(Witness::Dns));
        assert_eq!(serde_json::to_string(&set).unwrap(), r#"["browser","page"]"#);
        assert_eq!(serde_json::from_str::<Witnesses>(r#"["page","browser"]"#).unwrap(), set);
    }
}
