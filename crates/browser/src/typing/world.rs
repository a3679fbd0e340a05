//! The documents of a page, each with a world of our own beside the page's.

mod around;

use std::collections::BTreeSet;

use chromiumoxide::cdp::{
    browser_protocol::{
        dom::{self, BackendNodeId, ResolveNodeParams},
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
#[derive(Clone, Debug)]
struct Place {
    session: usize,
    frame: FrameId,
    loader: String,
    parent: Option<FrameId>,
}

impl Place {
    /// Whether it is the page itself.
    fn is_page(&self) -> bool {
        self.session == 0 && self.parent.is_none()
    }
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
            session.fire(&SetFocusEmulationEnabledParams::new(false));
        }
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
        let (mut listings, mut silent) = (Vec::new(), Vec::new());
        for place in self.places().await? {
            if silent.len() > bounds::SILENT {
                silent.push(place);
                continue;
            }
            match self.world(&place).await? {
                Some(world) => match self.listing(world, Vec::new()).await? {
                    Some(listing) => listings.push((world, listing)),
                    None => silent.push(place),
                },
                None => silent.push(place),
            }
        }
        self.miss(&silent).await?;
        if listings.iter().any(|(_, listing)| listing.elements > bounds::ELEMENTS) {
            self.missed.insert("a document has more elements than were looked at");
        }
        Ok(listings)
    }

    /// Notes that documents gave no answer, if they did not just go while they were asked.
    async fn miss(&mut self, silent: &[Place]) -> Result<(), CallError> {
        if silent.is_empty() {
            return Ok(());
        }
        let there = self.places().await?;
        let is_there = |place: &&Place| there.iter().any(|it| it.frame == place.frame && it.loader == place.loader);
        if silent.iter().any(|place| place.is_page()) {
            self.missed.insert("the page's document gave no answer");
        }
        if silent.iter().filter(is_there).any(|place| !place.is_page()) {
            self.missed.insert("some frames' documents gave no answer");
        }
        Ok(())
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

    /// Takes the focus from whatever has it, in all documents.
    pub(super) async fn loosen(&self) -> Result<(), CallError> {
        let asked = (0..self.worlds.len()).map(|world| self.ask::<()>(world, "loosen", Vec::new()));
        join_all(asked).await.into_iter().try_for_each(|answer| answer.map(|_| ()))
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
        if !places.iter().any(Place::is_page) {
            self.missed.insert("the page's document gave no answer");
        }
        if places.len() > bounds::DOCUMENTS {
            places.truncate(bounds::DOCUMENTS);
            self.missed.insert("the page has more frames than were looked into");
        }
        Ok(places)
    }

    /// The world of a frame's document; a new one if it is not known.
    async fn world(&mut self, place: &Place) -> Result<Option<usize>, CallError> {
        let Place { session, frame, loader, parent } = place.clone();
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
        include_str!("dom.js"),
        include_str!("../consent/words.js"),
        include_str!("words.js"),
        include_str!("layers.js"),
        include_str!("choices.js"),
        include_str!("openers.js"),
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
