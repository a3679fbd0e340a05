use earshot_model::{Consent, ConsentButton, ConsentMeans};

/// What the watcher has told of a visit so far.
///
/// To wait for a press: `notes.sight().wait_for(|sight| sight.presses.len() > before).await`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sight {
    /// The first banner of the visit that could be seen.
    pub banner: Option<Banner>,
    /// Whether one can be seen now, in any document of the page.
    pub is_shown: bool,
    /// What was pressed in the page, in banners or elsewhere, in the order of time; at most [`Sight::PRESSES`].
    pub presses: Vec<Press>,
}

/// A banner that could be seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Banner {
    /// When it could be seen first, in ms since navigation start.
    pub at_ms: f64,
    /// The address of the document that it is in.
    pub frame: String,
    /// The platform, as far as its containers are named; else `plain`.
    pub source: String,
    /// A short selector.
    pub selector: String,
    /// What can be pressed on its first layer, as far as its document can be looked into.
    pub buttons: Vec<ConsentButton>,
}

/// Something was pressed. Both moments are before the page heard of it, and in the right order with the requests, socket
/// frames and script's doings that the same session tells of.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Press {
    /// When the button of the mouse went down, if it did; else the same as `at_ms`. Nothing before it follows from the
    /// press: the moment of a press, and of an agreement.
    pub from_ms: f64,
    /// When it was clicked, in ms since navigation start. From then on it counts: the moment of a refusal.
    pub at_ms: f64,
    /// The address of the document.
    pub frame: String,
    /// A short selector; of what is in a closed shadow tree its host.
    pub selector: String,
    /// Whether it lies in what asks for consent.
    pub in_banner: bool,
    /// What that does, by its words.
    pub means: ConsentMeans,
}

impl Banner {
    /// Adds what does something that nothing on it did so far.
    pub(crate) fn add(&mut self, buttons: Vec<ConsentButton>) {
        let known: Vec<_> = self.buttons.iter().map(|button| button.means).collect();
        let room = Consent::BUTTONS.saturating_sub(self.buttons.len());
        self.buttons.extend(buttons.into_iter().filter(|button| !known.contains(&button.means)).take(room));
    }
}

impl Sight {
    /// Presses kept of one visit: a choice takes a few, a page that clicks its own buttons has no end.
    pub(crate) const PRESSES: usize = 500;
}
