//! Strings of the IAB's Global Privacy Platform, and the US Privacy strings before it: who opts out of what.

use iab_gpp::sections::{us_common::OptOut, uspv1};

use super::{bits::Bits, tcf::Tcf};

/// How many sections are read: the platform has some two dozen.
const MAX_SECTIONS: usize = 32;

/// What one section says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Section {
    /// Of a law of the United States: what is opted out of (`false`) and what is not (`true`). What does not apply is left
    /// out.
    States { name: &'static str, allowed: Vec<(&'static str, bool)> },
    /// Of the European framework.
    Europe(Tcf),
    /// One that cannot be read, or that nobody here knows.
    Unread(u32),
}

/// The sections of a GPP string; `None` if it cannot be read at all.
pub(super) fn read(text: &str) -> Option<Vec<Section>> {
    let mut parts = text.split('~');
    let ids = ids(parts.next()?)?;
    let sections: Vec<_> = parts.collect();
    if ids.len() != sections.len() {
        return None;
    }
    Some(ids.into_iter().zip(sections).map(|(id, text)| section(id, text).unwrap_or(Section::Unread(id))).collect())
}

/// A US Privacy string: `1`, whether notice was given, whether one opts out of sale, whether a contract of limited
/// service covers it; each `Y`, `N`, or `-` where the law does not apply.
pub(super) fn us_privacy(text: &str) -> Option<Section> {
    let read: uspv1::UspV1 = (text.len() == 4).then_some(text)?.parse().ok()?;
    let sale = match read.opt_out_sale {
        uspv1::Flag::Yes => Some(false),
        uspv1::Flag::No => Some(true),
        uspv1::Flag::NotApplicable => None,
    };
    Some(Section::States { name: "us_privacy", allowed: sale.map(|allowed| ("sale", allowed)).into_iter().collect() })
}

/// The ids that the header lists: type 3, version 1, then ranges in Fibonacci coding, each from the end of the one before.
fn ids(header: &str) -> Option<Vec<u32>> {
    let mut bits = Bits::of(header)?;
    if (bits.number(6)?, bits.number(6)?) != (3, 1) {
        return None;
    }
    let (mut ids, mut last) = (Vec::new(), 0_u32);
    for _ in 0..bits.number(12)? {
        let is_range = bits.bit()?;
        let first = last.checked_add(bits.fibonacci()?)?;
        last = if is_range { first.checked_add(bits.fibonacci()?)? } else { first };
        ids.extend((first..=last).take(MAX_SECTIONS + 1));
        if ids.len() > MAX_SECTIONS {
            return None;
        }
    }
    Some(ids)
}

/// A section of a state whose law knows sale and targeted advertising.
macro_rules! state {
    ($name:ident, $type:ident, $text:expr, $second:ident, $what:literal) => {{
        let section: iab_gpp::sections::$name::$type = $text.parse().ok()?;
        let core = section.core;
        states(stringify!($name), &[("sale", &core.sale_opt_out), ($what, &core.$second)])
    }};
}

fn section(id: u32, text: &str) -> Option<Section> {
    Some(match id {
        2 => Section::Europe(Tcf::read(text)?),
        6 => us_privacy(text)?,
        7 => national(text)?,
        8 => state!(usca, UsCa, text, sharing_opt_out, "sharing"),
        9 => state!(usva, UsVa, text, targeted_advertising_opt_out, "targeted_advertising"),
        10 => state!(usco, UsCo, text, targeted_advertising_opt_out, "targeted_advertising"),
        11 => state!(usut, UsUt, text, targeted_advertising_opt_out, "targeted_advertising"),
        12 => state!(usct, UsCt, text, targeted_advertising_opt_out, "targeted_advertising"),
        13 => state!(usfl, UsFl, text, targeted_advertising_opt_out, "targeted_advertising"),
        14 => state!(usmt, UsMt, text, targeted_advertising_opt_out, "targeted_advertising"),
        15 => state!(usor, UsOr, text, targeted_advertising_opt_out, "targeted_advertising"),
        16 => state!(ustx, UsTx, text, targeted_advertising_opt_out, "targeted_advertising"),
        17 => state!(usde, UsDe, text, targeted_advertising_opt_out, "targeted_advertising"),
        18 => state!(usia, UsIa, text, targeted_advertising_opt_out, "targeted_advertising"),
        19 => state!(usne, UsNe, text, targeted_advertising_opt_out, "targeted_advertising"),
        20 => state!(usnh, UsNh, text, targeted_advertising_opt_out, "targeted_advertising"),
        21 => state!(usnj, UsNj, text, targeted_advertising_opt_out, "targeted_advertising"),
        22 => state!(ustn, UsTn, text, targeted_advertising_opt_out, "targeted_advertising"),
        23 => state!(usmn, UsMn, text, targeted_advertising_opt_out, "targeted_advertising"),
        _ => return None,
    })
}

fn national(text: &str) -> Option<Section> {
    use iab_gpp::sections::usnat::{Core, UsNat};
    let section: UsNat = text.parse().ok()?;
    let (sale, sharing, ads) = match &section.core {
        Core::V1(core) => (&core.sale_opt_out, &core.sharing_opt_out, &core.targeted_advertising_opt_out),
        Core::V2(core) => (&core.sale_opt_out, &core.sharing_opt_out, &core.targeted_advertising_opt_out),
        _ => return None,
    };
    Some(states("usnat", &[("sale", sale), ("sharing", sharing), ("targeted_advertising", ads)]))
}

fn states(name: &'static str, said: &[(&'static str, &OptOut)]) -> Section {
    let allowed = |(what, said): &(&'static str, &OptOut)| match said {
        OptOut::OptedOut => Some((*what, false)),
        OptOut::DidNotOptOut => Some((*what, true)),
        OptOut::NotApplicable => None,
    };
    Section::States { name, allowed: said.iter().filter_map(allowed).collect() }
}
