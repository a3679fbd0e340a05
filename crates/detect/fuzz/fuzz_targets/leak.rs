//! Any bytes can be searched for leaks, and fed as keys.

#![no_main]

#[path = "../../tests/it/leak/any.rs"]
mod any;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| any::searched(bytes));
