//! Messages encoded by earlier versions decode for ever.
//!
//! A fixture is never rewritten. When the nouns grow, add a directory or a file beside the old ones: run with
//! `EARSHOT_NEW_FIXTURES=1` to write those that are missing.

use std::{env, fmt::Debug, fs, path::PathBuf};

use earshot_model::wire::{Wire, decode, encode};

use crate::samples;

#[track_caller]
fn still_reads<T: Wire + PartialEq + Debug>(name: &str, expected: &T) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    if env::var_os("EARSHOT_NEW_FIXTURES").is_some() && !path.exists() {
        fs::write(&path, encode(expected)).unwrap();
    }
    let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert_eq!(&decode::<T>(&bytes).unwrap(), expected);
}

#[test]
fn the_first_version_is_read() {
    still_reads("v1/seed_task.bin", &samples::seed_task());
    still_reads("v1/page_task.bin", &samples::page_task());
    still_reads("v1/crawl.bin", &samples::crawl());
    still_reads("v1/visit.bin", &samples::visit());
}

#[test]
fn the_eighth_version_is_read() {
    still_reads("v8/visit.bin", &samples::visit_v8());
}

#[test]
fn the_seventh_version_is_read() {
    still_reads("v7/seed_task.bin", &samples::seed_task_v7());
    still_reads("v7/page_task.bin", &samples::page_task_v7());
}

#[test]
fn the_sixth_version_is_read() {
    still_reads("v6/notice.bin", &samples::notice());
}

#[test]
fn the_fifth_version_is_read() {
    still_reads("v5/seed_task.bin", &samples::seed_task_v5());
    still_reads("v5/visit.bin", &samples::visit_v5());
}

#[test]
fn the_fourth_version_is_read() {
    still_reads("v4/visit.bin", &samples::visit_v4());
}

#[test]
fn the_third_version_is_read() {
    still_reads("v3/visit.bin", &samples::visit_v3());
}

#[test]
fn the_second_version_is_read() {
    still_reads("v2/visit.bin", &samples::visit_v2());
}
