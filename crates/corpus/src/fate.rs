//! How opening a page of a site ends.

use earshot_model::{BlockReason, Outcome};

use crate::dice::Dice;

/// What a site does with everybody who comes, apart from single bad nights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It shows its pages.
    Open,
    /// It fends us off.
    Walled,
    /// It is parked, or leads elsewhere.
    Gone,
    /// Its name leads nowhere.
    Dead,
}

/// Shares of the fates, and of single bad nights of open sites. Assumed: crawls of long lists report some 5 to 10 % of sites
/// that are not reached, and as many that fend crawlers off.
const WALLED: f64 = 0.05;
const GONE: f64 = 0.01;
const DEAD: f64 = 0.03;
const BAD_NIGHT: f64 = 0.01;
const CUT_SHORT: f64 = 0.01;

impl Fate {
    pub(crate) fn draw(dice: &mut Dice) -> Self {
        let rest = 1.0 - WALLED - GONE - DEAD;
        *dice.weighted(&[(Self::Open, rest), (Self::Walled, WALLED), (Self::Gone, GONE), (Self::Dead, DEAD)])
    }

    /// How a visit ends on that night.
    pub(crate) fn outcome(self, dice: &mut Dice) -> Outcome {
        match self {
            Self::Walled if dice.falls(0.6) => Outcome::of_status(403),
            Self::Walled => Outcome::Blocked { status: 403, reason: BlockReason::Challenge },
            Self::Gone => Outcome::Parked { status: 200, sign: "for sale".to_owned() },
            Self::Dead => Outcome::Unreachable { error: "net::ERR_NAME_NOT_RESOLVED".to_owned() },
            Self::Open if dice.falls(BAD_NIGHT) => Outcome::TimedOut { after_ms: 45_000 },
            Self::Open if dice.falls(CUT_SHORT) => {
                Outcome::Partial { status: 200, detail: "the wall came during the dwell".to_owned() }
            }
            Self::Open => Outcome::of_status(200),
        }
    }
}
