//! Columns of answers, and those that many have.

/// A column of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub meaning: &'static str,
    /// In what unit.
    pub unit: Unit,
}

/// What values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Words.
    Text,
    /// Several words.
    List,
    /// A night.
    Night,
    /// A whole number of things.
    Count,
    /// A number.
    Number,
    /// Between 0 and 1; NULL where there is nothing to have a share of.
    Share,
    /// Milliseconds since the navigation began.
    Milliseconds,
    /// Days.
    Days,
    /// Yes or no.
    Flag,
}

impl Unit {
    /// In words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::List => "list",
            Self::Night => "date",
            Self::Count => "count",
            Self::Number => "number",
            Self::Share => "share, 0 to 1",
            Self::Milliseconds => "ms since navigation start",
            Self::Days => "days",
            Self::Flag => "true or false",
        }
    }
}

/// A column.
pub(super) const fn of(name: &'static str, unit: Unit, meaning: &'static str) -> Column {
    Column { name, meaning, unit }
}

pub(super) const SEGMENT: Column =
    of("segment", Unit::Text, "Value of the dimension that the answer is grouped by; empty if it is by none");
pub(super) const VENDOR: Column = of(
    "vendor",
    Unit::Text,
    "Catalogue id of the third party, or its registrable domain; empty if grouped by category",
);
pub(super) const VENDOR_OR_ALL: Column = of(
    "vendor",
    Unit::Text,
    "Catalogue id of the third party, or its registrable domain; empty for all of them together, and if grouped by category",
);
pub(super) const VENDOR_NAME: Column = of("vendor_name", Unit::Text, "What people call it");
pub(super) const NUMERATOR: Column = of("numerator", Unit::Count, "See above");
pub(super) const DENOMINATOR: Column = of("denominator", Unit::Count, "See above");
pub(super) const SHARE: Column = of("share", Unit::Share, "numerator / denominator");
pub(super) const LOW: Column = of("low", Unit::Share, "Lower end of Wilson's interval at 95 %");
pub(super) const HIGH: Column = of("high", Unit::Share, "Upper end of Wilson's interval at 95 %");
