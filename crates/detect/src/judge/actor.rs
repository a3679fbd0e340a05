//! Who did what a stack tells of.

use earshot_model::ScriptFrame;

use super::owners::{Owners, is_container, records, stands_around};
use crate::{Category, Party, Vendor, loader};

/// How many frames of one vendor that puts itself around others' calls lie on the stack of such a call. Seen with
/// @sentry/browser 11.12.0: two for what the page does, four to fourteen for what it does itself, begun by the page.
const MAX_WRAPPERS: usize = 3;

/// What was done, as far as it matters for who may stand around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// Something by which browsers can be told apart was called. Recorders put themselves around canvases.
    Call,
    /// Listening, reading a field, setting a cookie, writing to storage.
    Other,
}

/// Who did it, and with which script.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Actor<'a> {
    pub party: Party<'a>,
    /// Address of the script, or of the document with an inline one.
    pub script: &'a str,
}

/// The frames of a stack that were passed over, innermost first.
#[derive(Default)]
struct Passed<'a> {
    /// The first script that puts itself around others' calls.
    around: Option<Actor<'a>>,
    /// Each such vendor with its frames.
    wrappers: Vec<(&'a str, usize)>,
    /// The first library.
    library: Option<&'a str>,
}

impl<'a> Owners<'a> {
    /// The innermost script that is more than a tool of another one; `None` where nobody can be named.
    ///
    /// What a vendor's script calls of the site's own is the site's doing. Libraries, CDNs and loaders act for whoever
    /// called them. Scripts that put themselves around the browser's functions are passed over if another script stands
    /// behind them. A library that nobody called (it was called back by a timer) acts for whoever brought it into the
    /// page.
    ///
    /// A script of the site's own that puts itself around such functions hides who called it: then the deed is the
    /// site's.
    pub(super) fn actor(&self, seq: u32, stack: &'a [ScriptFrame], act: Act) -> Option<Actor<'a>> {
        let mut passed = Passed::default();
        for script in stack.iter().map(|frame| frame.url.as_str()).filter(|url| !url.is_empty()) {
            let Some(party) = self.doer(script) else { continue };
            match &party {
                Party::Vendor(vendor) if vendor.category == Category::Infrastructure => {
                    passed.library = passed.library.or(Some(script));
                }
                Party::FirstParty if loader::is_loader(script) => {}
                Party::Vendor(vendor) if wraps(vendor, act) && passed.is_one_more(vendor) => {
                    passed.around = passed.around.or(Some(Actor { party, script }));
                }
                _ => return Some(Actor { party, script }),
            }
        }
        let library = passed.library;
        passed.around.or_else(|| library.map(|script| Actor { party: self.bringer(script, seq), script }))
    }

    /// Whether a tag container is on the stack behind nothing but code of a document and what is passed over: it may have
    /// put that code there.
    pub(super) fn is_in_container(&self, seq: u32, stack: &'a [ScriptFrame]) -> bool {
        let named = stack.iter().map(|frame| frame.url.as_str()).filter(|url| !url.is_empty());
        let mut others = named.filter(|url| !self.lineage.is_document(url, seq)).filter_map(|url| self.doer(url));
        let tool = |party: &Party| matches!(party, Party::Vendor(vendor) if vendor.category == Category::Infrastructure || stands_around(vendor));
        matches!(others.find(|party| !tool(party)), Some(Party::Vendor(vendor)) if is_container(vendor))
    }

    /// Who brought a script into the page: the nearest cause of its request that is neither a library nor a tag
    /// container (into which the site itself puts what it wants); else the page.
    fn bringer(&self, script: &str, seq: u32) -> Party<'a> {
        let causes = self.lineage.script(script, seq).map(|asked| self.lineage.chain(asked)).unwrap_or_default();
        let means = |party: &Party| matches!(party, Party::Vendor(vendor) if vendor.category == Category::Infrastructure || is_container(vendor));
        let mut parties = causes.iter().filter_map(|cause| self.parties[*cause as usize].clone());
        parties.find(|party| !means(party)).unwrap_or(Party::FirstParty)
    }
}

impl<'a> Passed<'a> {
    /// Counts a frame of the vendor, and says whether so many of it may only stand around.
    fn is_one_more(&mut self, vendor: &'a Vendor) -> bool {
        let at = self.wrappers.iter().position(|(id, _)| *id == vendor.id).unwrap_or_else(|| {
            self.wrappers.push((&vendor.id, 0));
            self.wrappers.len() - 1
        });
        self.wrappers[at].1 += 1;
        self.wrappers[at].1 <= MAX_WRAPPERS
    }
}

fn wraps(vendor: &Vendor, act: Act) -> bool {
    stands_around(vendor) || act == Act::Call && records(vendor)
}
