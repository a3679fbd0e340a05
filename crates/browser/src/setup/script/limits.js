// The bounds of what one realm tells, each with its reason. Pages have tens of listeners and cookies, not thousands.

// Messages of one realm, and of all realms of one origin that know each other: real pages have 20 to 200.
const MESSAGES = 400;
const SHARED_MESSAGES = 1500;
// Stacks taken for one kind of call: at 25 µs each a hot function costs the page 13 ms at most.
const CAPTURES = 500;
// The same for one property of the navigator.
const READS = 200;
// Frames and characters of a stack; the browser's own stacks are kept to 32 frames.
const DEPTH = 32;
const STACK = 8000;
// Characters of an address, of a name, and of a word in a selector.
const ADDRESS = 2000;
const NAME_LENGTH = 1000;
const WORD = 64;
// Characters of a cookie that are looked at; browsers take 4 KiB.
const COOKIE = 8192;
// Bytes of Blobs that are read for one realm in all.
const BLOB_BYTES = 2097152;
// Distinct characters, colours and texts that are counted: published thresholds are at 10 and 2.
const DISTINCT = 64;
// Distinct fonts that are counted, and how many make them worth telling: the published threshold is 50.
const FONTS = 200;
const FIRST_FONTS = 10;
// Targets of one script that are told apart, or details of its calls: forms have ten fields, pages a thousand links.
const TARGETS = 24;
// Names of the window's own properties that are looked at; those that no clean page has are fewer.
const GLOBALS = 1000;
// Other frames of a parent that are asked whether they are of the same origin.
const SIBLINGS = 32;
// Events that tell what a visitor does.
const EVENTS = "keydown keypress keyup beforeinput input textInput change compositionstart compositionupdate " +
  "compositionend paste copy cut selectionchange submit focus blur focusin focusout mousedown mouseup mousemove " +
  "mouseover mouseout mouseenter mouseleave pointerdown pointerup pointermove pointerover pointerout pointerenter " +
  "pointerleave pointercancel pointerrawupdate touchstart touchend touchmove touchcancel click auxclick dblclick " +
  "contextmenu scroll scrollend wheel mousewheel";
