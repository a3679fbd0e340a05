//! OpenReplay's batches, read from @openreplay/tracker 19.0.1 (see [`crate::insight`] for their framing). A value is sent
//! with a number beside it: 0 as it is, its length where it is obscured, -1 where it is hidden (`modules/input.ts`).

use super::{InputText, Tape, text};
use crate::insight::{
    Message, Sheet,
    openreplay::{batch, next, number, text as string},
};

/// Kinds of messages that are read.
const TIMESTAMP: u64 = 0;
const CREATE_DOCUMENT: u64 = 7;
const SET_NODE_DATA: u64 = 14;
const SET_INPUT_VALUE: u64 = 18;
const INPUT_CHANGE: u64 = 112;

/// What an obscured value's length is shown as: the tracker sends none of its characters.
const MASK: char = '*';

/// Reads a batch.
pub(super) fn read(message: &Message, tape: &mut Tape) {
    if !message.path().ends_with("/v1/web/i") {
        return;
    }
    for sheet in message.sheets() {
        tape.turn();
        read_batch(&sheet, tape);
    }
}

fn read_batch(sheet: &Sheet, tape: &mut Tape) {
    let Some(mut rest) = batch(sheet.bytes) else { return };
    tape.understood();
    let mut epoch_ms = None;
    while let Some((kind, fields)) = next(&mut rest) {
        match kind {
            TIMESTAMP => epoch_ms = number(&mut { fields }).map(|time| time as f64),
            CREATE_DOCUMENT => tape.recorded(),
            SET_NODE_DATA => {
                if let Some(shown) = shown(fields) {
                    tape.text(shown, false);
                }
            }
            SET_INPUT_VALUE => set_value(fields, epoch_ms, sheet, tape),
            INPUT_CHANGE => change(fields, epoch_ms, sheet, tape),
            _ => {}
        }
    }
}

/// `id, text`. Style sheets are set the same way: they have braces.
fn shown(mut fields: &[u8]) -> Option<&str> {
    number(&mut fields)?;
    string(&mut fields).filter(|text| !text.contains('{'))
}

/// `id, value, mask`
fn set_value(mut fields: &[u8], epoch_ms: Option<f64>, sheet: &Sheet, tape: &mut Tape) {
    tape.recorded();
    let mut read = || Some((number(&mut fields)?, string(&mut fields)?, signed(number(&mut fields)?)));
    let Some((_, value, mask)) = read() else { return };
    let text = match usize::try_from(mask) {
        Ok(0) if value.is_empty() => return,
        Ok(0) => InputText::of(value),
        Ok(characters) => InputText::Masked { characters, mask: MASK },
        Err(_) => InputText::Absent,
    };
    tape.input("OpenReplay SetInputValue (18)", text, epoch_ms, value, sheet);
}

/// `id, value, masked, label, hesitation, duration`: sent when the field is left.
fn change(mut fields: &[u8], epoch_ms: Option<f64>, sheet: &Sheet, tape: &mut Tape) {
    tape.recorded();
    let mut read = || Some((number(&mut fields)?, string(&mut fields)?, number(&mut fields)?));
    let Some((_, value, masked)) = read() else { return };
    let text = match (masked, value) {
        (0, "") => return,
        (0, value) => InputText::Raw(text::shortened(value).to_owned()),
        _ => InputText::Absent,
    };
    tape.input("OpenReplay InputChange (112)", text, epoch_ms, value, sheet);
}

/// A number whose lowest bit is its sign; of a negative one the rest is one less than its amount (`2·|n| − 1`).
fn signed(number: u64) -> i64 {
    let half = i64::try_from(number >> 1).unwrap_or(i64::MAX);
    if number & 1 == 1 { -half - 1 } else { half }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_in_the_lowest_bit() {
        assert_eq!([0, 1, 2, 30].map(signed), [0, -1, 1, 15]);
    }
}
