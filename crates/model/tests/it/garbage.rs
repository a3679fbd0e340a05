//! No bytes make it panic, and what it takes from broken bytes is still a sound value.

use earshot_model::{
    Crawl, Live, PageTask, SeedTask, Visit,
    wire::{MAX_MESSAGE, Wire, WireError, decode, encode},
};

use crate::{samples, varied::Dice};

fn survives<T: Wire>(bytes: &[u8]) -> bool {
    match decode::<T>(bytes) {
        Ok(noun) => {
            assert!(decode::<T>(&encode(&noun)).is_ok(), "what was taken must be taken again");
            true
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            false
        }
    }
}

#[test]
fn dice_are_no_message() {
    let mut dice = Dice::new(7);
    for _ in 0..2000 {
        let bytes = dice.bytes(300);
        survives::<SeedTask>(&bytes);
        survives::<PageTask>(&bytes);
        survives::<Crawl>(&bytes);
        survives::<Visit>(&bytes);
        survives::<Live>(&bytes);
    }
}

#[test]
fn a_damaged_visit_is_read_or_refused() {
    let whole = encode(&samples::visit());
    let mut refused = 0;
    for cut in 0..whole.len() {
        refused += usize::from(!survives::<Visit>(&whole[..cut]));
    }
    let mut dice = Dice::new(11);
    for _ in 0..5000 {
        let mut bytes = whole.clone();
        let at = dice.below(bytes.len());
        bytes[at] ^= 1 << dice.below(8);
        refused += usize::from(!survives::<Visit>(&bytes));
    }
    assert!(refused > whole.len() / 2, "only {refused} refused");
}

#[test]
fn nothing_is_no_message() {
    assert!(!survives::<SeedTask>(&[]) && !survives::<PageTask>(&[]));
    assert!(!survives::<Crawl>(&[]) && !survives::<Visit>(&[]));
}

#[test]
fn what_is_too_long_is_not_looked_at() {
    let error = decode::<Visit>(&vec![0; MAX_MESSAGE + 1]).unwrap_err();
    assert_eq!(error, WireError::TooLarge { noun: "visit", len: MAX_MESSAGE + 1 });
}
