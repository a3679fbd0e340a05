//! The bounds of the typing that nobody configures, each with its reason.

use std::time::Duration;

/// How long a page may take for one key, click or question. Typical: 2 ms; a page that works on each key takes tenths of a
/// second, and a machine with many tabs longer.
pub(super) const ANSWER: Duration = Duration::from_secs(2);

/// How long a page may take to list its fields, or to tell its closed shadow trees.
pub(super) const LISTING: Duration = Duration::from_secs(3);

/// Documents that are looked into: pages full of advertising have dozens of frames, those with fields a few.
pub(super) const DOCUMENTS: usize = 40;

/// Documents that may give no answer before the others are not asked: of a page that hangs none does.
pub(super) const SILENT: usize = 2;

/// Elements of one document that are looked at, some 50 ms of work; large shops have 5,000.
pub(super) const ELEMENTS: usize = 50_000;

/// Elements of all documents up to which closed shadow trees are looked for: the browser tells the whole page for it,
/// 100 bytes or more each.
pub(super) const PIERCED: usize = 20_000;

/// Fields and openers in closed shadow trees that are looked at in one document: widgets have some.
pub(super) const CLOSED: usize = 50;

/// Fields and openers told of one document; forms have tens.
pub(super) const FIELDS: usize = 100;
pub(super) const OPENERS: usize = 10;

/// How far up from a field is looked for what it stands in.
pub(super) const DEPTH: usize = 100;

/// Openers of one kind (a search, a form, a chat) that are tried until one can be pressed: pages have one for wide and one
/// for narrow windows.
pub(super) const TRIES: usize = 2;

/// How often a click is tried at what moves: animations take 0.3 s.
pub(super) const AIMS: usize = 2;

/// How far, in CSS pixels, what stands still may seem to have moved: places are rounded.
pub(super) const STILL: f64 = 1.0;

/// How long an opener's fields may take to appear, and how often is looked. Animations take 0.3 s, chats that load first a
/// second.
pub(super) const REVEAL: Duration = Duration::from_millis(1_200);
pub(super) const LOOK: Duration = Duration::from_millis(300);

/// Between the last key and leaving the field, so that what a key caused is not taken for what leaving did.
pub(super) const BEFORE_BLUR: Duration = Duration::from_millis(150);

/// How often is looked whether what is waited for has come.
pub(super) const TICK: Duration = Duration::from_millis(250);

/// How much later than its time an upload of a recorder may come: its script takes a moment to begin.
pub(super) const LATE: Duration = Duration::from_millis(1_500);

/// How long is waited at least after the last field was left if there are recorders: Datadog and Sentry upload every 5 s.
pub(super) const RECORDERS: Duration = Duration::from_secs(5);

/// From which moment after the last field was left an upload may hold it: recorders gather for up to a second.
pub(super) const GATHERED: Duration = Duration::from_secs(1);

/// How long is waited at least after the burst.
pub(super) const BURST: Duration = Duration::from_secs(4);

/// Fields named in the gap of those that were not typed into.
pub(super) const NAMED: usize = 20;
