//! The documents of a page, each with a world of our own beside the page's.

use std::collections::BTreeSet;

use chromiumoxide::cdp::{
    browser_protocol::{
        dom::{self, BackendNodeId, GetBoxModelParams, GetFrameOwnerParams, ResolveNodeParams},
        emulation::SetFocusEmulationEnabledParams,
        page::{CreateIsolatedWorldParams, FrameId, FrameTree, GetFrameTreeParams},
    },
    js_protocol::runtime::{
        CallArgument, CallFunctionOnParams, CallFunctionOnReturns, EvaluateParams, ExecutionContextId, RemoteObjectId,
    },
};
use futures::future::join_all;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{bounds, field::Listing, snapshot::CaptureSnapshot};
use crate::{
    pump::Notes,
    session::{CallError, Session},
    steps::absent,
};

/// All documents that were met so far; those of frames that went stay, so that numbers mean the same for ever.
pub(super) struct Worlds<'a> {
    notes: &'a Notes,
    /// The page's session, and those of frames in processes of their own.
    sessions: Vec<Session>,
    /// What our frames are called in stacks.
    mark: &'a str,
    worlds: Vec<World>,
    /// What was not looked into.
    missed: BTreeSet<&'static str>,
}

/// One document.
struct World {
    /// Which of the sessions tells of it.
    session: usize,
    frame: FrameId,
    loader: String,
    parent: Option<FrameId>,
    context: ExecutionContextId,
    /// What `page.js` gives.
    tools: RemoteObjectId,
    /// Whether a visitor would type there; not known of what has no fields.
    open: Option<bool>,
}

/// A frame of the page as it is now.
struct Place {
    session: usize,
    frame: FrameId,
    loader: String,
    parent: Option<FrameId>,
}

impl<'a> Worlds<'a> {
    pub(super) fn new(page: &Session, notes: &'a Notes, mark: &'a str) -> Self {
        let mut worlds = Self { notes, sessions: Vec::new(), mark, worlds: Vec::new(), missed: BTreeSet::new() };
        worlds.join(page.clone());
        worlds
    }

    /// Prepares a session.
    fn join(&mut self, session: Session) {
        session.fire(&dom::EnableParams::default());
        // In a browser with many tabs only one has the focus.
        session.fire(&SetFocusEmulationEnabledParams::new(true));
        self.sessions.push(session);
    }

    /// Leaves everything as it was.
    pub(super) fn leave(&self) {
        for session in &self.sessions {
            session.fire(&dom::DisableParams::default());
        }
    }

    /// Where a document's places begin on the page, and the frame that a click there meets: a frame in a process of its own
    /// counts from its own corner, and for the page it is one element. `None` if that cannot be told.
    pub(super) async fn corner(&self, world: usize) -> Result<Option<(f64, f64, &FrameId)>, CallError> {
        let (mut x, mut y, mut at) = (0.0, 0.0, world);
        while self.worlds[at].session != 0 {
            let Some(around) = self.around(at) else { return Ok(None) };
            if self.worlds[around].session != self.worlds[at].session {
                let owner = GetFrameOwnerParams::new(self.worlds[at].frame.clone());
                let Some(owner) = absent(self.session(around).call(owner, bounds::ANSWER).await)? else {
                    return Ok(None);
                };
                let model = GetBoxModelParams { backend_node_id: Some(owner.backend_node_id), ..Default::default() };
                let model = absent(self.session(around).call(model, bounds::ANSWER).await)?;
                let content = model.map(|found| found.model.content);
                let Some([left, top, ..]) = content.as_ref().map(|quad| quad.inner().as_slice()) else {
                    return Ok(None);
                };
                (x, y) = (x + left, y + top);
            }
            at = around;
        }
        Ok(Some((x, y, &self.worlds[at].frame)))
    }

    /// The document around a frame's.
    fn around(&self, world: usize) -> Option<usize> {
        let parent = self.worlds[world].parent.as_ref()?;
        self.worlds.iter().rposition(|world| world.frame == *parent)
    }

    /// Lists the fields of all documents of the page, from outside in.
    pub(super) async fn list(&mut self) -> Result<Vec<(usize, Listing)>, CallError> {
        for frame in self.notes.frames().into_iter().skip(self.sessions.len() - 1) {
            self.join(frame);
        }
        let mut listings = self.listings().await?;
        let elements: usize = listings.iter().map(|(_, listing)| listing.elements).sum();
        if elements <= bounds::PIERCED {
            self.pierce(&mut listings).await?;
        } else {
            self.missed.insert("closed shadow trees of a page with so many elements were not looked into");
        }
        let mut open = Vec::new();
        for (world, listing) in listings {
            let is_empty = listing.fields.is_empty() && listing.openers.is_empty();
            if !is_empty && self.is_open(world).await? {
                open.push((world, listing));
            }
        }
        Ok(open)
    }

    async fn listings(&mut self) -> Result<Vec<(usize, Listing)>, CallError> {
        let mut listings = Vec::new();
        let mut silent = 0;
        for place in self.places().await? {
            let listing = match self.world(place).await? {
                Some(world) => self.listing(world, Vec::new()).await?.map(|listing| (world, listing)),
                None => None,
            };
            silent += usize::from(listing.is_none());
            listings.extend(listing);
            // A frame may go while it is asked. Of a page that hangs no document answers.
            if silent > bounds::SILENT {
                self.missed.insert("some documents gave no answer");
                break;
            }
        }
        if listings.iter().any(|(_, listing)| listing.elements > bounds::ELEMENTS) {
            self.missed.insert("a document has more elements than were looked at");
        }
        Ok(listings)
    }

    /// What was not looked into.
    pub(super) fn missed(&self) -> &BTreeSet<&'static str> {
        &self.missed
    }

    /// Lists those documents anew that have closed shadow trees.
    async fn pierce(&self, listings: &mut [(usize, Listing)]) -> Result<(), CallError> {
        for (number, session) in self.sessions.iter().enumerate() {
            let Some(snapshot) = absent(session.call(CaptureSnapshot::default(), bounds::LISTING).await)? else {
                continue;
            };
            let closed = snapshot.closed();
            for (world, listing) in listings.iter_mut().filter(|(world, _)| self.worlds[*world].session == number) {
                let Some(nodes) = closed.get(self.worlds[*world].frame.as_ref()) else { continue };
                let nodes = nodes.iter().take(bounds::CLOSED).map(|node| self.resolve(*world, *node));
                let mut arguments = Vec::new();
                for node in join_all(nodes).await {
                    arguments.extend(node?.map(object));
                }
                if let Some(whole) = self.listing(*world, arguments).await? {
                    *listing = whole;
                }
            }
        }
        Ok(())
    }

    /// `shut` are elements in closed shadow trees.
    async fn listing(&self, world: usize, shut: Vec<CallArgument>) -> Result<Option<Listing>, CallError> {
        let call = CallFunctionOnParams { return_by_value: Some(true), ..self.function(world, "list", shut) };
        Ok(absent(self.session(world).call(call, bounds::LISTING).await)?.and_then(value))
    }

    /// The session that tells of a document.
    pub(super) fn session(&self, world: usize) -> &Session {
        &self.sessions[self.worlds[world].session]
    }

    /// Asks the tools of a document; `None` if there is no answer.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        world: usize,
        what: &str,
        arguments: Vec<Value>,
    ) -> Result<Option<T>, CallError> {
        let arguments = arguments.into_iter().map(|value| CallArgument { value: Some(value), ..Default::default() });
        let call =
            CallFunctionOnParams { return_by_value: Some(true), ..self.function(world, what, arguments.collect()) };
        Ok(absent(self.session(world).call(call, bounds::ANSWER).await)?.and_then(value))
    }

    /// The element of that number.
    pub(super) async fn element(&self, world: usize, number: u32) -> Result<Option<RemoteObjectId>, CallError> {
        let argument = CallArgument { value: Some(number.into()), ..Default::default() };
        let call = self.function(world, "element", vec![argument]);
        Ok(absent(self.session(world).call(call, bounds::ANSWER).await)?.and_then(|said| said.result.object_id))
    }

    fn function(&self, world: usize, what: &str, arguments: Vec<CallArgument>) -> CallFunctionOnParams {
        let mark = self.mark;
        CallFunctionOnParams {
            object_id: Some(self.worlds[world].tools.clone()),
            arguments: Some(arguments),
            silent: Some(true),
            ..CallFunctionOnParams::new(format!(
                "function (...values) {{ return this.{what}(...values) }}\n//# sourceURL={mark}\n"
            ))
        }
    }

    /// Whether a visitor would type into a document: its frame, and those around it, are shown and ask for no consent.
    async fn is_open(&mut self, world: usize) -> Result<bool, CallError> {
        if let Some(open) = self.worlds[world].open {
            return Ok(open);
        }
        let mut open = true;
        let mut at = world;
        while let Some(around) = self.around(at) {
            if !self.is_shown(around, at).await? {
                open = false;
                break;
            }
            at = around;
        }
        // A frame that is hidden now may be shown later.
        self.worlds[world].open = open.then_some(true);
        Ok(open)
    }

    async fn is_shown(&self, parent: usize, world: usize) -> Result<bool, CallError> {
        let owner = GetFrameOwnerParams::new(self.worlds[world].frame.clone());
        let Some(owner) = absent(self.session(parent).call(owner, bounds::ANSWER).await)? else { return Ok(false) };
        let Some(element) = self.resolve(parent, owner.backend_node_id).await? else { return Ok(false) };
        let call = self.function(parent, "isOpen", vec![object(element)]);
        let call = CallFunctionOnParams { return_by_value: Some(true), ..call };
        Ok(absent(self.session(parent).call(call, bounds::ANSWER).await)?.and_then(value).unwrap_or(false))
    }

    async fn resolve(&self, world: usize, node: BackendNodeId) -> Result<Option<RemoteObjectId>, CallError> {
        let resolve = ResolveNodeParams {
            backend_node_id: Some(node),
            execution_context_id: Some(self.worlds[world].context),
            ..ResolveNodeParams::default()
        };
        Ok(absent(self.session(world).call(resolve, bounds::ANSWER).await)?.and_then(|node| node.object.object_id))
    }

    /// The frames of the page, from outside in.
    async fn places(&mut self) -> Result<Vec<Place>, CallError> {
        let mut places = Vec::new();
        for (number, session) in self.sessions.iter().enumerate() {
            let tree = absent(session.call(GetFrameTreeParams::default(), bounds::ANSWER).await)?;
            if let Some(tree) = tree {
                flatten(number, tree.frame_tree, &mut places);
            }
        }
        if places.len() > bounds::DOCUMENTS {
            places.truncate(bounds::DOCUMENTS);
            self.missed.insert("the page has more frames than were looked into");
        }
        Ok(places)
    }

    /// The world of a frame's document; a new one if it is not known.
    async fn world(&mut self, place: Place) -> Result<Option<usize>, CallError> {
        let Place { session, frame, loader, parent } = place;
        if let Some(known) = self.worlds.iter().position(|world| world.frame == frame && world.loader == loader) {
            return Ok(Some(known));
        }
        let create = CreateIsolatedWorldParams::new(frame.clone());
        let Some(created) = absent(self.sessions[session].call(create, bounds::ANSWER).await)? else { return Ok(None) };
        let context = created.execution_context_id;
        let script = EvaluateParams { context_id: Some(context), ..EvaluateParams::new(source(self.mark)) };
        let script = EvaluateParams { silent: Some(true), ..script };
        let tools = absent(self.sessions[session].call(script, bounds::ANSWER).await)?;
        let Some(tools) = tools.and_then(|said| said.result.object_id) else { return Ok(None) };
        self.worlds.push(World { session, frame, loader, parent, context, tools, open: None });
        Ok(Some(self.worlds.len() - 1))
    }
}

fn flatten(session: usize, tree: FrameTree, places: &mut Vec<Place>) {
    if places.len() > bounds::DOCUMENTS {
        return;
    }
    let FrameTree { frame, child_frames } = tree;
    let loader = frame.loader_id.as_ref().to_owned();
    places.push(Place { session, frame: frame.id, loader, parent: frame.parent_id });
    for child in child_frames.unwrap_or_default() {
        flatten(session, child, places);
    }
}

/// The tools for one document. What a field is called is written by the same script as in the page's own world.
fn source(mark: &str) -> String {
    let parts = [
        include_str!("../setup/script/limits.js"),
        include_str!("../setup/script/natives.js"),
        include_str!("../setup/script/targets.js"),
        include_str!("words.js"),
        include_str!("page.js"),
    ];
    let page = parts
        .concat()
        .replace("LIMIT_ELEMENTS", &bounds::ELEMENTS.to_string())
        .replace("LIMIT_FIELDS", &bounds::FIELDS.to_string())
        .replace("LIMIT_OPENERS", &bounds::OPENERS.to_string())
        .replace("LIMIT_DEPTH", &bounds::DEPTH.to_string());
    format!("(() => {{\n\"use strict\";\n{page}}})()\n//# sourceURL={mark}")
}

fn object(id: RemoteObjectId) -> CallArgument {
    CallArgument { object_id: Some(id), ..CallArgument::default() }
}

fn value<T: DeserializeOwned>(said: CallFunctionOnReturns) -> Option<T> {
    serde_json::from_value(said.result.value?).ok()
}
