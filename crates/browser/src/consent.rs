//! Consent in a page: what watches for banners and for what is pressed in them.
//!
//! [`Watcher`] is a script of ours in a world of its own in every document. What it tells goes through
//! [`crate::recorder::Recorder`]; what has been told so far is [`Sight`], which [`crate::pump::Notes::sight`] gives and
//! lets wait for. [`Chooser`] is Autoconsent, whose [`Agent`] answers banners on visits that choose ([`choose`]).

mod autoconsent;
pub(crate) mod choose;
pub(crate) mod gpc;
mod sight;
mod talk;
mod watch;

pub use self::autoconsent::Chooser;
pub(crate) use self::{
    autoconsent::{Agent, Message},
    gpc::Signal,
    sight::{Banner, Press, Sight},
    talk::{Answer, Contexts, Eval, Place, Popup, Talk},
    watch::Watcher,
};

#[cfg(test)]
mod tests;
