//! Consent in a page: what watches for banners and for what is pressed in them.
//!
//! [`Watcher`] is a script of ours in a world of its own in every document. What it tells goes through
//! [`crate::recorder::Recorder`]; what has been told so far is [`Sight`], which [`crate::pump::Notes::sight`] gives and
//! lets wait for.

pub(crate) mod gpc;
mod sight;
mod watch;

pub(crate) use self::{
    gpc::Signal,
    sight::{Banner, Press, Sight},
    watch::Watcher,
};

#[cfg(test)]
mod tests;
