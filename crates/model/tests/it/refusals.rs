//! An error says which field, and what is wrong with it.

use earshot_model::{
    Body, Fact, Initiator, Live, LiveFact, PageTask, Request, SeedTask, Visit,
    wire::{Wire, decode, encode},
};

use crate::samples;

#[track_caller]
fn refused<T: Wire + std::fmt::Debug>(bytes: &[u8], error: &str) {
    assert_eq!(decode::<T>(bytes).unwrap_err().to_string(), error);
}

#[track_caller]
fn visit_refused(change: impl FnOnce(&mut Visit), error: &str) {
    let mut visit = samples::visit();
    change(&mut visit);
    refused::<Visit>(&encode(&visit), error);
}

fn first_request(visit: &mut Visit) -> &mut Request {
    let Fact::Request(request) = &mut visit.events[1].fact else { panic!("the second fact is a request") };
    request
}

/// A field of wire type 0 (varint) at the end overrides the earlier value.
fn with_varint<T: Wire>(noun: &T, field: u8, value: u8) -> Vec<u8> {
    let mut bytes = encode(noun);
    bytes.extend([field << 3, value]);
    bytes
}

/// A field of wire type 2 (length-delimited) at the end overrides the earlier text.
fn with_text<T: Wire>(noun: &T, field: u8, text: &str) -> Vec<u8> {
    let mut bytes = encode(noun);
    bytes.extend([field << 3 | 2, text.len() as u8]);
    bytes.extend(text.as_bytes());
    bytes
}

#[test]
fn a_missing_field_is_named_by_its_path() {
    refused::<PageTask>(&[], "page_task.run: missing");
    refused::<SeedTask>(&with_text(&samples::seed_task(), 1, ""), "seed_task.run: missing");
    visit_refused(|visit| first_request(visit).url.clear(), "visit.events[1].request.url: missing");
    visit_refused(|visit| first_request(visit).method.clear(), "visit.events[1].request.method: missing");
}

#[test]
fn an_unknown_name_is_an_error_that_says_which() {
    let error = "page_task.kind: 99 is no value that this version knows";
    refused::<PageTask>(&with_varint(&samples::page_task(), 4, 99), error);
    refused::<PageTask>(&with_varint(&samples::page_task(), 4, 0), "page_task.kind: missing");
    let error = "seed_task.profiles[1]: 9 is no value that this version knows";
    refused::<SeedTask>(&with_varint(&samples::seed_task(), 4, 9), error);
}

#[test]
fn a_later_versions_fields_are_passed_over() {
    let bytes = with_text(&samples::page_task(), 15, "of a later version");
    assert_eq!(decode::<PageTask>(&bytes).unwrap(), samples::page_task());
}

#[test]
fn an_event_of_a_kind_not_known_yet_is_an_error() {
    // events (7), length 3: one field (100, whose key takes two bytes) that no fact of this version has.
    let mut bytes = encode(&samples::visit());
    bytes.extend([7 << 3 | 2, 3, 0xa0, 0x06, 1]);
    refused::<Visit>(&bytes, "visit.events[7].fact: missing");
}

#[test]
fn texts_that_have_a_type_are_parsed() {
    let error = "page_task.run: 'tonight': invalid length";
    refused::<PageTask>(&with_text(&samples::page_task(), 1, "tonight"), error);
    let error = "page_task.page: 'ftp://shop.example/': 'ftp:' is not http or https";
    refused::<PageTask>(&with_text(&samples::page_task(), 3, "ftp://shop.example/"), error);
    refused::<SeedTask>(&with_varint(&samples::seed_task(), 3, 0), "seed_task.pages: 0 is not within 1..=100000");
}

#[test]
fn bounds_are_kept() {
    let long = Body { size: 1 << 20, excerpt: vec![0; Body::MAX_EXCERPT + 1] };
    visit_refused(
        |visit| first_request(visit).body = Some(long),
        "visit.events[1].request.body.excerpt: 262145 is more than the 262144 that are read",
    );
    visit_refused(
        |visit| {
            let stack = &mut first_request(visit).initiator.stack;
            stack.resize(Initiator::MAX_FRAMES + 1, stack[0].clone());
        },
        "visit.events[1].request.initiator.stack: 33 is more than the 32 that are read",
    );
    let mut live = samples::live();
    live.events[6].fact = LiveFact::Typing { field: "x".repeat(LiveFact::ADDRESS + 1) };
    refused::<Live>(&encode(&live), "live.events[6].fact.field: 201 is more than the 200 that are read");
}

#[test]
fn what_contradicts_itself_is_refused() {
    visit_refused(
        |visit| first_request(visit).body = Some(Body { size: 1, excerpt: vec![0; 2] }),
        "visit.events[1].request.body.size: 1 bytes cannot begin with 2",
    );
    visit_refused(|visit| visit.events[3].seq = 9, "visit.events[3].seq: 9 stands at 3");
    visit_refused(
        |visit| first_request(visit).redirect_of = Some(2),
        "visit.events[1].request.redirect_of: event 2 is no request",
    );
    visit_refused(|visit| visit.events[4].at_ms = Some(f64::NAN), "visit.events[4].at_ms: not a finite number");
}
