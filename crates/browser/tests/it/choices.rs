//! What is chosen, and what never is.

use std::fmt::Write;

use earshot_browser::Seen;
use earshot_model::{Entry, Event, FieldKind};
use futures::{StreamExt as _, stream};

use crate::{
    bench::Bench,
    chromium::SOME,
    typing::{entries, fast, page, see_typing, typing},
};

/// Boxes that agree, subscribe, state, allow or buy something.
const BINDING: &[&str] = &[
    "I agree to the terms",
    "Newsletter",
    "Statistics",
    "Analytics",
    "Targeting",
    "Statistik",
    "Personalised ads",
    "Do Not Sell or Share My Personal Information",
    "Store and/or access information on a device",
    "Send me offers",
    "Ich möchte Angebote per E-Mail erhalten",
    "I have read and understood",
    "Ho letto e compreso",
    "I certify that",
    "Je certifie sur l'honneur",
    "Declaro ser mayor de edad",
    "Ik verklaar",
    "Li e compreendi",
    "I authorize",
    "I am 18 or older",
    "Enable notifications",
    "Add to wishlist",
    "Insurance",
    "Versicherung",
    "Express delivery",
    "Keep me informed",
    "Recevoir nos offres",
    "Werbung",
    "Remember me",
];

/// Lists that order, decide or lead elsewhere.
const DECIDING: &[&str] = &[
    "quantity",
    "qty",
    "menge",
    "cantidad",
    "delivery option",
    "plan",
    "permission",
    "status",
    "vote",
    "consent",
    "lang",
    "sort",
    "order",
    "country",
];

/// Tells the server of every change.
const TELL: &str = "<script>
    addEventListener('change', (event) => send(`changed/${event.target.id}`, 'x'), true);
    addEventListener('submit', () => send('submitted', 'x'), true);
    </script>";

fn choices(seen: &Seen) -> Vec<(&Event, &Entry)> {
    entries(seen).into_iter().filter(|(_, entry)| !entry.kind.is_typed()).collect()
}

fn changed(bench: &Bench) -> Vec<String> {
    let mut changed: Vec<_> = bench.logged().into_keys().filter(|target| target.contains("changed")).collect();
    changed.sort();
    changed
}

#[tokio::test]
async fn choices_are_made_that_bind_nobody() {
    let mut body = "<form><input id=text name=company>".to_owned();
    for (number, label) in BINDING.iter().enumerate() {
        write!(body, "<div><label><input type=checkbox id=no{number}> {label}</label></div>").unwrap();
    }
    for (number, name) in DECIDING.iter().enumerate() {
        write!(body, "<div><select id=no1{number} name='{name}'><option>a<option>b</select></div>").unwrap();
    }
    let titled = "<fieldset><legend>Do you consent?</legend><label><input type=radio name=a id=no-a> Yes</label>
        <label><input type=radio name=a id=no-b> No</label></fieldset><h3>Newsletter</h3><div><input type=checkbox id=no-c></div>
        <h3>Parcel</h3>
        <div role=group aria-label='Cookie settings'><div><input type=checkbox id=no-d></div></div>
        <div><button type=button role=switch></button><input type=checkbox role=switch id=no-e></div>
        <select id=no-f><option>Choose<option>I accept</select>";
    let harmless = "<div><select id=list><option>one<option>two</select></div>
        <div><label><input type=radio name=size id=small checked> S</label><label><input type=radio name=size id=large> L</label></div>
        <div><label><input type=checkbox id=gift> Wrap it</label></div><button>Submit</button></form>";
    let bench = page(&format!("{body}{titled}{harmless}{TELL}")).await;
    let seen = see_typing(&bench, typing(fast())).await;
    let mut told: Vec<_> =
        choices(&seen).into_iter().map(|(_, entry)| (entry.field.as_str(), entry.kind, entry.kept)).collect();
    told.sort();
    let expected = [
        ("input#gift[type=checkbox]", FieldKind::Checkbox, true),
        ("input#large[type=radio][name=size]", FieldKind::Radio, true),
        ("select#list", FieldKind::Select, true),
    ];
    assert_eq!(told, expected);
    let is_instant =
        |(event, entry): &(&Event, &Entry)| event.at_ms == Some(entry.last_key_ms) && entry.characters == 0;
    assert!(choices(&seen).iter().all(is_instant));
    assert_eq!(changed(&bench), ["/log/changed/gift", "/log/changed/large", "/log/changed/list", "/log/changed/text"]);
}

#[tokio::test]
async fn outside_of_an_ordinary_form_nothing_is_chosen() {
    let choice = "<select id=no><option>one<option>two</select><label><input type=checkbox id=no2> Blue</label>";
    let body = [
        format!("<div>{choice}</div>"),
        format!("<form>{choice}<button>Send</button></form>"),
        format!("<form><textarea></textarea>{choice}</form>"),
        format!("<form><textarea></textarea>{choice}<button type=button>Send</button></form>"),
        format!("<form><input type=search>{choice}<button>Send</button></form>"),
        format!("<form role=search><input>{choice}<button>Send</button></form>"),
        format!("<form><input name=engraving>{choice}<button>Add to cart</button></form>"),
        format!("<form action=/cart/add><input name=engraving>{choice}<button>Go</button></form>"),
        format!("<form onchange='this.submit()'><textarea></textarea>{choice}<button>Send</button></form>"),
        "<form><input type=number name=quantity id=no><input name=qty id=no2><button>Refresh</button></form>"
            .to_owned(),
    ];
    let each = stream::iter(body).for_each_concurrent(SOME, |part| async move {
        let bench = page(&format!("{part}{TELL}")).await;
        see_typing(&bench, typing(fast())).await;
        let changed = changed(&bench);
        assert!(!changed.iter().any(|target| target.contains("no")), "{part}: {changed:?}");
        assert!(!bench.logged().contains_key("/log/submitted"), "{part}");
    });
    each.await;
}
