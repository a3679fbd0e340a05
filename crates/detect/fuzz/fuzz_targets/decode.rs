//! Any bytes can be unpacked.

#![no_main]

#[path = "../../tests/it/leak/any.rs"]
mod any;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| any::unpacked(bytes));
