//! Types into the fields of a page as a visitor would who never sends anything: real keys at a person's pace, one canary
//! a field, and then waits for those who listen.
//!
//! What shows fields is pressed first, while all fields are still empty, and nothing else after that. Enter is never pressed,
//! nor what sends, buys, agrees or leads away; consent banners are not touched; what stands in a
//! field already is left as it is. A field is left by Tab, as people do: a script's `blur()` would stand in the stacks of
//! what the page does then.

mod bounds;
mod field;
mod hand;
mod keys;
mod kind;
mod ledger;
mod reach;
mod snapshot;
mod wait;
mod world;

use std::collections::BTreeSet;

use earshot_model::{Canary, Entry, FieldKind, GapKind, LiveFact, Site, VisitId};
use tokio::time::{Instant, sleep};

pub(crate) use self::hand::Hand;
use self::{
    field::{Field, Opener, Shape},
    keys::Key,
    ledger::{Fate, Ledger},
    reach::Focus,
    world::Worlds,
};
use crate::{
    BrowserConfig, Typing,
    pump::Notes,
    session::{CallError, Session},
    setup::Script,
};

/// What the typing has to know.
pub(crate) struct Occasion<'a> {
    pub config: &'a BrowserConfig,
    pub typing: &'a Typing,
    pub session: &'a Session,
    /// Our own script in the page, whose name our frames share.
    pub script: &'a Script,
    pub notes: &'a Notes,
    pub visit: VisitId,
    /// The page's own site.
    pub site: Site,
    /// When the visit has to end.
    pub ending: Instant,
}

/// The typing while it goes on.
struct Typist<'a> {
    occasion: &'a Occasion<'a>,
    worlds: Worlds<'a>,
    hand: Hand<'a>,
    /// Documents that the main frame had asked for before.
    documents: usize,
    /// When no further field is begun.
    until: Instant,
    /// The next canary.
    ordinal: u32,
    ledger: Ledger,
    /// When the last field was left.
    left: Option<Instant>,
    /// Why the typing ended early.
    ended: Option<&'static str>,
}

/// The fields and openers of a page that are shown.
#[derive(Default)]
struct Look {
    fields: Vec<Field>,
    openers: Vec<Opener>,
}

/// Types, and waits for what comes of it. Whether anything was typed.
///
/// # Errors
/// Only if the browser is gone.
pub(crate) async fn take(occasion: &Occasion<'_>) -> Result<bool, CallError> {
    let mut typist = Typist::new(occasion);
    let typed = typist.type_all().await;
    typist.tell();
    if let (Ok(()), Some(left)) = (&typed, typist.left) {
        wait::settle(occasion.notes, occasion.config, left, occasion.typing.settle, occasion.ending).await;
        typist.burst().await?;
    }
    typist.conclude();
    typist.worlds.leave();
    typed.map(|()| typist.ordinal > 0)
}

impl<'a> Typist<'a> {
    fn new(occasion: &'a Occasion<'a>) -> Self {
        let after = occasion.typing.settle.max(bounds::RECORDERS);
        let latest = occasion.ending.checked_sub(after).unwrap_or(occasion.ending);
        Self {
            occasion,
            worlds: Worlds::new(occasion.session, occasion.notes, &occasion.script.mark),
            hand: Hand::new(occasion.session, occasion.typing.key_pause),
            documents: occasion.notes.recorder().count().documents,
            until: (Instant::now() + occasion.typing.budget).min(latest),
            ordinal: 0,
            ledger: Ledger::default(),
            left: None,
            ended: None,
        }
    }

    /// First one of each kind, then what openers have shown (a chat says more than a second name), then the rest, and last
    /// the choices.
    async fn type_all(&mut self) -> Result<(), CallError> {
        let look = self.look().await?;
        if look.fields.is_empty() && look.openers.is_empty() {
            return Ok(());
        }
        let before: BTreeSet<_> = look.fields.iter().map(Field::key).collect();
        let fields = self.reveal(look).await?.fields;
        self.ledger.begin();
        let revealed = fields.iter().filter(|field| !before.contains(&field.key())).cloned().collect();
        self.type_texts(field::first(fields)).await?;
        self.type_texts(revealed).await?;
        if self.may_go_on() {
            let fields = self.look().await?.fields;
            let (texts, choices): (Vec<_>, Vec<_>) = fields.into_iter().partition(|field| field.kind.is_typed());
            self.type_texts(texts).await?;
            for field in field::choices(choices) {
                if !self.may_go_on() {
                    break;
                }
                self.choose(&field).await?;
            }
        }
        Ok(())
    }

    /// All fields that are shown now, and all openers. Those that take text are noted; those that take too little of it are
    /// no use.
    async fn look(&mut self) -> Result<Look, CallError> {
        let Look { mut fields, mut openers } = Look::default();
        for (world, listing) in self.worlds.list().await? {
            openers.extend(listing.openers.iter().map(|listed| Opener::new(world, listed)));
            fields.extend(listing.fields.into_iter().map(|listed| Field::new(world, &listing.address, listed)));
        }
        let mut fields = self.ledger.meet(fields);
        fields.retain(Field::is_roomy);
        Ok(Look { fields, openers })
    }

    /// Types into those that are new and empty, until there are enough.
    async fn type_texts(&mut self, fields: Vec<Field>) -> Result<(), CallError> {
        for field in fields {
            if !field.kind.is_typed() || !self.ledger.is_waiting(&field) {
                continue;
            }
            if field.listed.filled {
                self.ledger.note(&field, Fate::Missed("something stands in it"));
                continue;
            }
            if !self.may_go_on() {
                break;
            }
            if self.has_enough() {
                self.ledger.note(&field, Fate::Missed("enough were typed into"));
                continue;
            }
            self.type_into(&field).await?;
        }
        Ok(())
    }

    /// Types one canary.
    async fn type_into(&mut self, field: &Field) -> Result<(), CallError> {
        let canary = Canary::derive(self.occasion.visit, self.ordinal, field.kind);
        let longest = if field.listed.longest == 0 { usize::MAX } else { field.listed.longest as usize };
        let text: String = canary.text().chars().take(longest).collect();
        if !self.focus(field).await? {
            return self.miss(field).await;
        }
        let Some(began) = self.moment(field).await? else { return self.miss(field).await };
        self.occasion.notes.tell(LiveFact::Typing { field: self.called(field) });
        let (mut characters, mut last_key) = (0, began);
        for key in text.chars().filter_map(Key::of) {
            // Whoever else has the focus must not be given a key: a blank presses a button.
            let before = Instant::now();
            let Some(moment) = self.moment(field).await? else { break };
            if before >= self.occasion.ending || !self.strike(field, &key).await? {
                break;
            }
            last_key = moment + before.elapsed().as_secs_f64() * 1_000.0;
            characters += 1;
            self.hand.pause(before).await;
        }
        if characters == 0 {
            self.ledger.note(field, Fate::Missed("it did not keep the focus"));
            return Ok(());
        }
        let whole = characters as usize == text.chars().count();
        self.ledger.note(field, if whole { Fate::Typed } else { Fate::Missed("the typing was broken off") });
        let entry = self.leave(field, began, last_key, characters).await?;
        let typed: String = text.chars().take(characters as usize).collect();
        let kept = self.worlds.ask(field.world, "holds", vec![field.listed.number.into(), typed.into()]).await?;
        self.record(field, began, Entry { kept: kept.unwrap_or(false), ..entry });
        Ok(())
    }

    /// A field that does not take the focus: it may be gone, and another in its place.
    async fn miss(&mut self, field: &Field) -> Result<(), CallError> {
        let is_there = self.worlds.ask::<bool>(field.world, "isThere", vec![field.listed.number.into()]).await?;
        if is_there == Some(false) {
            self.ledger.forget(field);
        } else {
            self.ledger.note(field, Fate::Missed("it did not take the focus"));
        }
        Ok(())
    }

    /// Leaves a field, and gives what is known of it then.
    async fn leave(&mut self, field: &Field, began: f64, last_key: f64, characters: u32) -> Result<Entry, CallError> {
        sleep(bounds::BEFORE_BLUR).await;
        let blurred_ms = match self.focused(field).await? {
            Focus::Here(moment) => {
                let is_left = self.blur(field).await?;
                is_left.then(|| self.occasion.notes.recorder().page_ms(moment))
            }
            // It went by itself.
            Focus::Elsewhere => Some(self.occasion.notes.recorder().our_ms(Instant::now())),
            Focus::Unknown => None,
        };
        self.left = Some(Instant::now());
        let last_key_ms = self.occasion.notes.recorder().page_ms(last_key.max(began));
        let blurred_ms = blurred_ms.map(|ms| ms.max(last_key_ms));
        Ok(Entry { characters, last_key_ms, blurred_ms, ..Entry::default() })
    }

    /// Chooses something else in a list, another button, or ticks a box.
    async fn choose(&mut self, field: &Field) -> Result<(), CallError> {
        let number = || vec![field.listed.number.into()];
        let Some(before) = self.worlds.ask::<i64>(field.world, "choice", number()).await? else { return Ok(()) };
        let began = self.occasion.notes.recorder().our_ms(Instant::now());
        let acted = match field.listed.shape {
            Shape::Select => self.choose_in_list(field, before).await?,
            _ => self.press(field).await?,
        };
        if !acted {
            return Ok(());
        }
        let after = self.worlds.ask::<i64>(field.world, "choice", number()).await?;
        let entry = self.leave(field, 0.0, 0.0, 0).await?;
        let last_key_ms = began;
        let kept = after.is_some_and(|after| after != before);
        let entry = Entry { last_key_ms, kept, ..entry };
        self.enter(field, began, entry);
        Ok(())
    }

    /// Puts a long text in at once if somebody else was sent what nobody can read: then its growth tells something.
    async fn burst(&mut self) -> Result<(), CallError> {
        let Occasion { config, notes, site, typing, ending, .. } = self.occasion;
        let is_opaque = {
            let recorder = notes.recorder();
            recorder.sent_elsewhere(site).any(|sent| (config.advice.opaque)(sent))
        };
        self.until = ending.checked_sub(bounds::BURST).unwrap_or(*ending);
        if !is_opaque || !self.may_go_on() {
            return Ok(());
        }
        let fields = self.look().await?.fields;
        let Some(field) = fields.into_iter().filter_map(|field| Some((room(&field)?, field))).min_by_key(|it| it.0)
        else {
            return Ok(());
        };
        let field = Field { kind: FieldKind::Burst, ..field.1 };
        if !self.focus(&field).await? {
            return Ok(());
        }
        let Some(began) = self.moment(&field).await? else { return Ok(()) };
        let canary = Canary::derive(self.occasion.visit, self.ordinal, FieldKind::Burst);
        if !self.hand.insert(canary.text()).await? {
            return Ok(());
        }
        let entry = self.leave(&field, began, began, u32::try_from(Canary::BURST).unwrap_or(u32::MAX)).await?;
        let arguments = vec![field.listed.number.into(), canary.text().into()];
        let kept = self.worlds.ask(field.world, "includes", arguments).await?.unwrap_or(false);
        self.record(&field, began, Entry { kept, ..entry });
        let left = self.left.unwrap_or_else(Instant::now);
        wait::settle(notes, config, left, typing.settle.max(bounds::BURST), *ending).await;
        Ok(())
    }

    /// What a field is called, as it may be told.
    fn called(&self, field: &Field) -> String {
        crate::bounds::cut(&field.listed.selector, LiveFact::ADDRESS).to_owned()
    }

    /// Tells who looks on how many fields were typed into.
    fn tell(&self) {
        let count = |fields: usize| u32::try_from(fields).unwrap_or(u32::MAX);
        let (fields, met) = (count(self.ledger.typed()), count(self.ledger.len()));
        self.occasion.notes.tell(LiveFact::Typed { fields, met });
    }

    /// Writes down an entry that began at a moment on the page's clock.
    fn record(&mut self, field: &Field, began: f64, entry: Entry) {
        let at_ms = self.occasion.notes.recorder().page_ms(began);
        self.enter(field, at_ms, entry);
    }

    fn enter(&mut self, field: &Field, at_ms: f64, entry: Entry) {
        let entry = Entry { field: field.listed.selector.clone(), kind: field.kind, ordinal: self.ordinal, ..entry };
        self.occasion.notes.recorder().entered(&field.address, at_ms, entry);
        self.ordinal += 1;
    }

    /// Whether there is time, and the page is still the same one. If not, why not is kept.
    fn may_go_on(&mut self) -> bool {
        let count = self.occasion.notes.recorder().count();
        let navigated = count.documents > self.documents;
        let crashed = self.occasion.notes.progress().borrow().crashed.is_some();
        let why = match () {
            () if crashed => Some("the renderer crashed while it was typed into"),
            () if count.spent => Some("there was no room for more events while it was typed into"),
            () if navigated => Some("the page went elsewhere while it was typed into"),
            () => None,
        };
        self.ended = self.ended.or(why);
        self.ended.is_none() && Instant::now() < self.until
    }

    /// Whether as many fields were typed into as are wanted.
    fn has_enough(&self) -> bool {
        self.ledger.typed() >= self.occasion.typing.max_fields
    }

    /// Notes which fields were not typed into, and why.
    fn conclude(&mut self) {
        self.may_go_on();
        let mut recorder = self.occasion.notes.recorder();
        if let Some(detail) = self.ledger.missed() {
            recorder.gap(GapKind::FieldUntyped, detail);
        }
        // Where there was nothing to type into, nothing ended.
        let ended = self.ended.filter(|_| self.ledger.len() > 0);
        for why in self.worlds.missed().iter().copied().chain(ended) {
            recorder.gap(GapKind::FieldUntyped, why);
        }
    }
}

/// How well a field takes a long text, the best first; `None` if it does not.
fn room(field: &Field) -> Option<u8> {
    let endless = field.listed.longest == 0 || field.listed.longest as usize >= Canary::BURST;
    let rank = match (field.listed.shape, field.kind) {
        (Shape::Area, _) => 0,
        (Shape::Edit, _) => 1,
        (Shape::Line, FieldKind::Message | FieldKind::Text | FieldKind::Name) => 2,
        (Shape::Line, FieldKind::Search) => 3,
        _ => return None,
    };
    endless.then_some(rank)
}
