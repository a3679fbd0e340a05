//! The documents of a page, each with a world of our own beside the page's.

use std::{borrow::Cow, collections::HashMap};

use chromiumoxide::{
    cdp::{
        browser_protocol::{
            dom::{BackendNodeId, GetFrameOwnerParams, ResolveNodeParams},
            page::{CreateIsolatedWorldParams, FrameId, FrameTree, GetFrameTreeParams},
        },
        js_protocol::runtime::{
            CallArgument, CallFunctionOnParams, CallFunctionOnReturns, EvaluateParams, ExecutionContextId,
            RemoteObjectId,
        },
    },
    types::{Command, Method, MethodId},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{bounds, field::Listing};
use crate::{
    session::{CallError, Session},
    steps::absent,
};

/// All documents that were met so far; those of frames that went stay, so that numbers mean the same for ever.
pub(super) struct Worlds<'a> {
    session: &'a Session,
    /// What our frames are called in stacks.
    mark: &'a str,
    worlds: Vec<World>,
}

/// One document.
struct World {
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
    frame: FrameId,
    loader: String,
    parent: Option<FrameId>,
}

impl<'a> Worlds<'a> {
    pub(super) fn new(session: &'a Session, mark: &'a str) -> Self {
        Self { session, mark, worlds: Vec::new() }
    }

    /// Lists the fields of all documents of the page, from outside in.
    pub(super) async fn list(&mut self) -> Result<Vec<(usize, Listing)>, CallError> {
        let mut listings = Vec::new();
        for place in self.places().await? {
            let Some(world) = self.world(place).await? else { continue };
            if let Some(listing) = self.listing(world, Vec::new()).await? {
                listings.push((world, listing));
            }
        }
        let elements: usize = listings.iter().map(|(_, listing)| listing.elements).sum();
        if elements <= bounds::PIERCED {
            self.pierce(&mut listings).await?;
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

    /// Lists those documents anew that have closed shadow trees.
    async fn pierce(&self, listings: &mut [(usize, Listing)]) -> Result<(), CallError> {
        let Some(snapshot) = absent(self.session.call(CaptureSnapshot::default(), bounds::LISTING).await)? else {
            return Ok(());
        };
        let closed = snapshot.closed();
        for (world, listing) in listings {
            let Some(nodes) = closed.get(self.worlds[*world].frame.as_ref()) else { continue };
            let nodes = nodes.iter().take(bounds::CLOSED).map(|node| self.resolve(*world, *node));
            let mut arguments = Vec::new();
            for node in futures::future::join_all(nodes).await {
                arguments.extend(node?.map(object));
            }
            if let Some(whole) = self.listing(*world, arguments).await? {
                *listing = whole;
            }
        }
        Ok(())
    }

    /// `shut` are elements in closed shadow trees.
    async fn listing(&self, world: usize, shut: Vec<CallArgument>) -> Result<Option<Listing>, CallError> {
        let call = CallFunctionOnParams { return_by_value: Some(true), ..self.function(world, "list", shut) };
        Ok(absent(self.session.call(call, bounds::LISTING).await)?.and_then(value))
    }

    /// The id of a document's frame.
    pub(super) fn frame(&self, world: usize) -> &FrameId {
        &self.worlds[world].frame
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
        Ok(absent(self.session.call(call, bounds::ANSWER).await)?.and_then(value))
    }

    /// The element of that number.
    pub(super) async fn element(&self, world: usize, number: u32) -> Result<Option<RemoteObjectId>, CallError> {
        let argument = CallArgument { value: Some(number.into()), ..Default::default() };
        let call = self.function(world, "element", vec![argument]);
        Ok(absent(self.session.call(call, bounds::ANSWER).await)?.and_then(|said| said.result.object_id))
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
        while let Some(parent) = self.worlds[at].parent.clone() {
            let Some(around) = self.worlds.iter().rposition(|world| world.frame == parent) else { break };
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
        let Some(owner) = absent(self.session.call(owner, bounds::ANSWER).await)? else { return Ok(false) };
        let Some(element) = self.resolve(parent, owner.backend_node_id).await? else { return Ok(false) };
        let call = self.function(parent, "isOpen", vec![object(element)]);
        let call = CallFunctionOnParams { return_by_value: Some(true), ..call };
        Ok(absent(self.session.call(call, bounds::ANSWER).await)?.and_then(value).unwrap_or(false))
    }

    async fn resolve(&self, world: usize, node: BackendNodeId) -> Result<Option<RemoteObjectId>, CallError> {
        let resolve = ResolveNodeParams {
            backend_node_id: Some(node),
            execution_context_id: Some(self.worlds[world].context),
            ..ResolveNodeParams::default()
        };
        Ok(absent(self.session.call(resolve, bounds::ANSWER).await)?.and_then(|node| node.object.object_id))
    }

    /// The frames of the page, from outside in.
    async fn places(&self) -> Result<Vec<Place>, CallError> {
        let tree = absent(self.session.call(GetFrameTreeParams::default(), bounds::ANSWER).await)?;
        let mut places = Vec::new();
        if let Some(tree) = tree {
            flatten(tree.frame_tree, &mut places);
        }
        Ok(places)
    }

    /// The world of a frame's document; a new one if it is not known.
    async fn world(&mut self, place: Place) -> Result<Option<usize>, CallError> {
        let Place { frame, loader, parent } = place;
        if let Some(known) = self.worlds.iter().position(|world| world.frame == frame && world.loader == loader) {
            return Ok(Some(known));
        }
        let create = CreateIsolatedWorldParams::new(frame.clone());
        let Some(created) = absent(self.session.call(create, bounds::ANSWER).await)? else { return Ok(None) };
        let context = created.execution_context_id;
        let script = EvaluateParams { context_id: Some(context), ..EvaluateParams::new(source(self.mark)) };
        let script = EvaluateParams { silent: Some(true), ..script };
        let tools = absent(self.session.call(script, bounds::ANSWER).await)?;
        let Some(tools) = tools.and_then(|said| said.result.object_id) else { return Ok(None) };
        self.worlds.push(World { frame, loader, parent, context, tools, open: None });
        Ok(Some(self.worlds.len() - 1))
    }
}

fn flatten(tree: FrameTree, places: &mut Vec<Place>) {
    if places.len() >= bounds::DOCUMENTS {
        return;
    }
    let FrameTree { frame, child_frames } = tree;
    places.push(Place { frame: frame.id, loader: frame.loader_id.as_ref().to_owned(), parent: frame.parent_id });
    for child in child_frames.unwrap_or_default() {
        flatten(child, places);
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

/// `DOMSnapshot.captureSnapshot`, of whose answer little is needed.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct CaptureSnapshot {
    computed_styles: [String; 0],
}

#[derive(Clone, Debug, Deserialize)]
struct Snapshot {
    documents: Vec<SnapshotDocument>,
    strings: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SnapshotDocument {
    frame_id: i64,
    nodes: SnapshotNodes,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SnapshotNodes {
    /// Of the nodes in a shadow tree; the tree's root is not told.
    #[serde(default)]
    shadow_root_type: Rare,
    #[serde(default)]
    backend_node_id: Vec<BackendNodeId>,
    #[serde(default)]
    node_name: Vec<i64>,
    /// Names and values of each node's attributes, in turn.
    #[serde(default)]
    attributes: Vec<Vec<i64>>,
}

/// What few nodes have: which of them, and which string.
#[derive(Clone, Debug, Default, Deserialize)]
struct Rare {
    index: Vec<usize>,
    value: Vec<i64>,
}

impl Method for CaptureSnapshot {
    fn identifier(&self) -> MethodId {
        Cow::Borrowed("DOMSnapshot.captureSnapshot")
    }
}

impl Command for CaptureSnapshot {
    type Response = Snapshot;
}

impl Snapshot {
    /// What one types into or presses in closed shadow trees, by the id of the frame.
    fn closed(&self) -> HashMap<&str, Vec<BackendNodeId>> {
        let mut closed: HashMap<_, Vec<_>> = HashMap::new();
        for document in &self.documents {
            let nodes = &document.nodes;
            let shut = nodes.shadow_root_type.index.iter().zip(&nodes.shadow_root_type.value);
            let shut = shut.filter(|(index, kind)| self.string(**kind) == "closed" && self.is_used(nodes, **index));
            let ids: Vec<_> = shut.filter_map(|(index, _)| nodes.backend_node_id.get(*index)).copied().collect();
            if !ids.is_empty() {
                closed.insert(self.string(document.frame_id), ids);
            }
        }
        closed
    }

    /// Whether it may be a field or an opener.
    fn is_used(&self, nodes: &SnapshotNodes, index: usize) -> bool {
        let name = nodes.node_name.get(index).map_or("", |name| self.string(*name));
        let attributes = nodes.attributes.get(index).into_iter().flatten().step_by(2);
        let is_marked = attributes.into_iter().any(|name| matches!(self.string(*name), "contenteditable" | "role"));
        is_marked
            || ["INPUT", "TEXTAREA", "SELECT", "BUTTON", "SUMMARY"].iter().any(|used| name.eq_ignore_ascii_case(used))
    }

    /// What a number stands for; none is -1.
    fn string(&self, index: i64) -> &str {
        usize::try_from(index).ok().and_then(|index| self.strings.get(index)).map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_in_closed_shadow_trees_are_told_by_their_frame() {
        let said = serde_json::json!({
            "strings": ["FRAME", "INPUT", "open", "closed", "DIV", "contenteditable", "", "P"],
            "documents": [{
                "frameId": 0,
                "nodes": {
                    "shadowRootType": {"index": [1, 2, 3, 4], "value": [2, 3, 3, 3]},
                    "backendNodeId": [10, 11, 12, 13, 14],
                    "nodeName": [-1, 1, 1, 4, 7],
                    "attributes": [[], [], [], [5, 6], []],
                },
            }, {"frameId": -1, "nodes": {}}],
        });
        let snapshot: Snapshot = serde_json::from_value(said).unwrap();
        let closed = snapshot.closed();
        assert_eq!(closed, HashMap::from([("FRAME", vec![BackendNodeId::new(12), BackendNodeId::new(13)])]));
    }
}
