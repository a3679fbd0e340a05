//! One visit to its findings.

mod accounts;
mod actor;
mod banner;
mod brought;
pub(crate) mod conduct;
mod contacts;
mod hits;
mod install;
mod keystrokes;
mod modes;
mod owners;
mod sent;
mod stored;
mod window;

use std::{cell::OnceCell, collections::BTreeSet};

use earshot_model::{
    ConsentClock, Exposure, Fact, Finding, FindingId, Gap, GapKind, OutcomeClass, Request, Rule, Site, Traits, Upload,
    Visit,
};

use crate::{Catalogue, Category, FilterList, Party, consent::Sent, insight, insight::sentry};
use contacts::Contact;
pub(crate) use keystrokes::HIDING as HIDING_TYPING;
use owners::Owners;
use sent::Weights;
use window::Window;

/// Category of a party that nobody knows.
const UNKNOWN: &str = "unknown";

/// Category of a party that the catalogue does not know but a filter list does.
const LISTED: &str = "listed";

/// How many statements about consent a finding keeps of what its party was sent: they change a few times at most.
const MAX_SAID: usize = 16;

/// What is said of one visit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judgement {
    /// By first contact, then by vendor. Empty unless the page was seen ([`OutcomeClass::Seen`]).
    pub findings: Vec<Finding>,
    /// One for each event of the visit, in the same order; there for every outcome.
    pub notes: Vec<EventNote>,
    /// What the judgement found missing; to be added to the visit's own gaps.
    pub gaps: Vec<Gap>,
}

/// What is said of one event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventNote {
    /// Whom it concerns: a catalogue id or an unknown third party's site; `None` for the first party and for what
    /// leaves nobody's computer. An answer, a failure and a socket frame concern whom their request concerned;
    /// listening, reading and calling whose script did it; an alias who is behind it.
    pub vendor: Option<String>,
    /// How long what was sent is once unpacked ([`crate::decode::Unpacked::size`]); 0 where nothing was sent. Of a body
    /// whose end was cut off, at least its length on the wire.
    pub decoded_bytes: u64,
    /// For a request, `seq` of the request for the script or document that made it: always an earlier one. A redirect's
    /// hop has the cause of the hop before, a preflight that of the request which it goes before. `None` for the page's
    /// document, for every other fact, and where nobody saw it.
    pub cause: Option<u32>,
}

/// A visit with everything that every step of judging it needs.
struct Case<'a> {
    visit: &'a Visit,
    catalogue: &'a Catalogue,
    clock: ConsentClock,
    owners: Owners<'a>,
    /// Parallel to the visit's events: whether it is a request that went out.
    sent: Vec<bool>,
    weights: Weights,
    /// Folders of the plug-ins that the page names, listed when first asked for.
    plugins: OnceCell<Vec<&'a str>>,
}

/// Judges one visit: a pure function, so that stored facts can be judged again.
///
/// **Whose pages.** Findings are made only for pages that were seen. What a wall (403, challenge) or an error page
/// loads belongs to the wall, not to the page behind it: such a visit says nothing about the site, in either
/// direction. Notes are made for every outcome.
///
/// **A contact** is a request that left the browser for a third party. A request that our own egress or the browser
/// refused did not leave, one that a cache or a service worker answered neither; one that was sent and got no answer
/// did. A preflight is a contact, but of two requests at the same moment the other one is the proof.
///
/// **The page itself** is first party under the site that was asked for and under the one where it landed
/// ([`crate::FirstParty`]). A hop of the main document's redirects through any other site is a contact like every other
/// request there: the visitor's browser went to it before any choice, with cookies and address. That is how bounce
/// trackers work.
///
/// **Where the visitor stands** decides what is said. Before the first press towards a choice a contact is
/// [`Rule::PreConsentContact`]; between that press and the choice nothing is said, for what happens there may follow from
/// the press or not. After a choice see [`Rule::AfterAccept`] and [`Rule::DespiteReject`]; with Global Privacy Control see
/// [`Rule::UnderGpc`]: no choice was made there, so what scripts do and hear is told as before one, and its phase says
/// that it was so.
///
/// **Disguise.** A request to the page's own site, or to a party that nobody knows, is a vendor's if DNS says that its
/// host is another name of the vendor's, or if the request bears the vendor's signs ([`crate::Signature`]). A vendor
/// that is contacted openly and in disguise is one finding, which names the disguise.
///
/// **The list** is asked only about parties that the catalogue does not know: one listed request makes the party a
/// tracker of category `listed`, and its name says which list.
#[must_use]
pub fn judge(visit: &Visit, catalogue: &Catalogue, list: Option<&FilterList>) -> Judgement {
    let case = Case::new(visit, catalogue);
    let contacts = contacts::collect(&case, |_| true);
    let keepers = stored::keepers(&case, &contacts);
    let mut notes: Vec<_> = (0..).zip(&keepers).map(|(seq, keepers)| case.note(seq, keepers)).collect();
    let deeds = conduct::deeds(&case);
    conduct::annotate(&deeds, &mut notes);
    if visit.outcome.class() != OutcomeClass::Seen {
        return Judgement { notes, ..Judgement::default() };
    }
    let early = contacts::collect(&case, |seq| case.is_in(Window::Early, seq));
    let mut findings = case.told(Window::Early, &early, &keepers, list);
    let mut gaps: Vec<_> = contacts.iter().filter_map(|contact| case.not_awaited(contact, &findings)).collect();
    let deeds: Vec<_> = deeds.into_iter().filter(|deed| case.is_in(Window::Early, deed.seq)).collect();
    conduct::judge(&case, &deeds, &mut findings);
    gaps.extend(keystrokes::judge(&case, &early, &deeds, &mut findings));
    gaps.extend(case.weights.gap());
    gaps.extend(case.owners.contents.gap());
    let sockets = case.late_sockets();
    let late = contacts::collect(&case, |seq| case.is_in(Window::Late, seq) || sockets.contains(&seq));
    findings.extend(case.told(Window::Late, &late, &keepers, list));
    let (asked, unloaded) = banner::judge(&case, &findings);
    gaps.extend(unloaded);
    let asks: Vec<_> = modes::judge(&case, &findings).into_iter().chain(asked).collect();
    hits::keep(&case, list, &mut findings);
    findings.extend(asks);
    conduct::sort(&mut findings);
    Judgement { findings, notes, gaps }
}

impl<'a> Case<'a> {
    fn new(visit: &'a Visit, catalogue: &'a Catalogue) -> Self {
        let weights = sent::weigh(&visit.events, sent::MAX_VISIT_WORK_BYTES);
        let (owners, sent) = (Owners::of(visit, catalogue), sent::went_out(&visit.events));
        let clock = ConsentClock::of(&visit.events);
        Self { visit, catalogue, clock, owners, sent, weights, plugins: OnceCell::new() }
    }

    /// The findings about contacts in one part of the visit, in the order of the contacts. Under Global Privacy Control
    /// and after a refusal they are candidates: [`hits::keep`] has the last word.
    fn told(
        &self,
        window: Window,
        contacts: &[Contact],
        keepers: &[Vec<&str>],
        list: Option<&FilterList>,
    ) -> Vec<Finding> {
        let counts = |seq| self.is_in(window, seq);
        let (uploads, stored) = (sent::uploads(self, counts), stored::names(self, keepers, counts));
        let rule = self.rule(window);
        let finding = |contact: &Contact| Finding {
            upload: uploads.get(contact.key).copied().unwrap_or_default(),
            stored: stored.get(contact.key).map(|names| names.iter().cloned().collect()).unwrap_or_default(),
            traits: self.traits(contact),
            ..self.finding(rule, contact, list)
        };
        let mut findings: Vec<_> = contacts.iter().map(finding).collect();
        self.describe(contacts, &mut findings);
        self.raise_recorders(contacts, &mut findings);
        findings
    }

    fn request(&self, seq: u32) -> Option<&'a Request> {
        match &self.visit.events.get(seq as usize)?.fact {
            Fact::Request(request) => Some(request),
            _ => None,
        }
    }

    /// Whom the request at `seq` concerns, if it is a third party.
    fn third_party(&self, seq: u32) -> Option<&str> {
        self.owners.parties.get(seq as usize)?.as_ref()?.key()
    }

    fn note(&self, seq: u32, keepers: &[&str]) -> EventNote {
        let fact = &self.visit.events[seq as usize].fact;
        let owned = |key: Option<&str>| key.map(str::to_owned);
        let vendor = match fact {
            Fact::Request(_) => owned(self.third_party(seq)),
            Fact::Response(response) => owned(self.third_party(response.request)),
            Fact::Failed { request, .. } => owned(self.third_party(*request)),
            Fact::SocketFrame(frame) => owned(self.third_party(frame.request)),
            // Where several parties can read one cookie, the note names the first of them.
            Fact::Cookie(_) | Fact::Storage(_) => owned(keepers.first().copied()),
            Fact::Alias(alias) => self.owners.behind(&alias.host).map(|vendor| vendor.id.clone()),
            // Whose conduct it is, `conduct::annotate` says.
            Fact::Listener(_)
            | Fact::FieldRead(_)
            | Fact::ApiCall(_)
            | Fact::Mark(_)
            | Fact::Entry(_)
            | Fact::Consent(_) => None,
        };
        let decoded_bytes = self.weights.decoded_bytes[seq as usize];
        EventNote { vendor, decoded_bytes, cause: self.owners.lineage.cause(seq) }
    }

    /// How the vendor came into the page, and under which names.
    fn traits(&self, contact: &Contact) -> Traits {
        let links = brought::links(self, contact.key, contact.proof);
        Traits {
            accounts: accounts::of_contact(self, contact),
            install: install::route(self, contact),
            brought_by: brought::names(self, &links),
            disguise: contact.requests.iter().find_map(|seq| self.owners.disguise(*seq).cloned()),
            frames: contacts::frames(self, contact),
            ..Traits::default()
        }
    }

    /// All of a finding but what was uploaded and stored, and its traits.
    fn finding(&self, rule: Rule, contact: &Contact, list: Option<&FilterList>) -> Finding {
        let (vendor_name, category, exposure) = match contact.party {
            Party::Vendor(vendor) => (vendor.name.clone(), vendor.category.as_str(), vendor.exposure),
            Party::Unknown(site) => self.unknown(site, contact, list),
            // No contact is made with the first party.
            Party::FirstParty => (String::new(), UNKNOWN, Exposure::None),
        };
        let task = &self.visit.task;
        Finding {
            id: FindingId::derive(self.visit.id(), rule, contact.key),
            run: task.run,
            visit: self.visit.id(),
            site: task.site(),
            page: task.page.clone(),
            rule,
            vendor: contact.key.to_owned(),
            vendor_name,
            category: category.to_owned(),
            exposure,
            first_contact_ms: contact.first_ms,
            proof: contact.proof,
            proof_url: self.request(contact.proof).map(|request| request.url.clone()).unwrap_or_default(),
            requests: u32::try_from(contact.requests.len()).unwrap_or(u32::MAX),
            upload: Upload::default(),
            stored: Vec::new(),
            grade: None,
            heard: Vec::new(),
            traits: Traits::default(),
        }
    }

    /// Adds what the vendors' own traffic says of itself to the findings about their contacts, which stand in the same
    /// order.
    fn describe(&self, contacts: &[Contact], findings: &mut [Finding]) {
        let mut left = insight::MAX_WORK_BYTES;
        for (contact, finding) in contacts.iter().zip(findings) {
            finding.traits.details =
                insight::details(contact.key, self.visit, &self.owners.first, &contact.requests, &mut left);
            let said = self.consent_sent(contact);
            if !said.is_empty() {
                finding.traits.details.insert(hits::CONSENT_SENT.to_owned(), said);
            }
        }
    }

    /// What the requests to a party say of consent, each once.
    fn consent_sent(&self, contact: &Contact) -> Vec<String> {
        let requests = contact.requests.iter().filter_map(|seq| self.request(*seq));
        let said: BTreeSet<_> = requests.flat_map(|request| Sent::by(request).said).collect();
        said.into_iter().take(MAX_SAID).collect()
    }

    /// Sentry's error monitoring and its recorder are one vendor with one set of addresses. Where the recorder was seen,
    /// the finding says so.
    fn raise_recorders(&self, contacts: &[Contact], findings: &mut [Finding]) {
        for (contact, finding) in contacts.iter().zip(findings).filter(|(contact, _)| contact.key == sentry::VENDOR) {
            let asked = contact.requests.iter().filter_map(|seq| Some(self.request(*seq)?.url.as_str()));
            if sentry::records(finding, asked) {
                finding.exposure = Exposure::Content;
                Category::SessionReplay.as_str().clone_into(&mut finding.category);
            }
        }
    }

    fn unknown(&self, site: &Site, contact: &Contact, list: Option<&FilterList>) -> (String, &'static str, Exposure) {
        let page = self.visit.final_url.as_ref().unwrap_or(&self.visit.task.page).as_str();
        let listed_by = list.filter(|list| {
            let mut requests = contact.requests.iter().filter_map(|seq| self.request(*seq));
            requests.any(|request| list.matches(&request.url, page, request.transport))
        });
        match listed_by {
            Some(list) => (format!("{site} ({})", list.name()), LISTED, Exposure::Tracker),
            None => (site.to_string(), UNKNOWN, Exposure::Unknown),
        }
    }

    /// The same, but of error monitoring only where its recorder was seen.
    fn not_awaited(&self, contact: &Contact, findings: &[Finding]) -> Option<Gap> {
        let records = |finding: &Finding| finding.vendor == contact.key && finding.exposure == Exposure::Content;
        let is_recorder = contact.key != sentry::VENDOR || findings.iter().any(records);
        is_recorder.then(|| self.upload_not_awaited(contact)).flatten()
    }

    /// A recorder that was still silent when the visit ended: "nothing uploaded" would be a false calm.
    fn upload_not_awaited(&self, contact: &Contact) -> Option<Gap> {
        let Party::Vendor(vendor) = contact.party else { return None };
        let first_upload_ms = vendor.first_upload_ms?;
        let watched_ms = f64::from(self.visit.took_ms) - contact.first_ms;
        if watched_ms >= f64::from(first_upload_ms) || sent::uploaded(self, &contact.requests, vendor) {
            return None;
        }
        let detail = format!(
            "{}: watched for {watched_ms:.0} ms after its first contact, its first upload usually takes {first_upload_ms} ms",
            vendor.id
        );
        Some(Gap { kind: GapKind::UploadNotAwaited, detail })
    }
}
