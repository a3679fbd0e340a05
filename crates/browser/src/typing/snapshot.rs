//! `DOMSnapshot.captureSnapshot`, of whose answer little is needed: what is in shadow trees that a page keeps closed. No
//! script can tell that.

use std::{borrow::Cow, collections::HashMap};

use chromiumoxide::{
    cdp::browser_protocol::dom::BackendNodeId,
    types::{Command, Method, MethodId},
};
use serde::{Deserialize, Serialize};

/// Asks for all documents of a session.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CaptureSnapshot {
    computed_styles: [String; 0],
}

/// The documents, and the strings that their numbers stand for.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Snapshot {
    documents: Vec<Document>,
    strings: Vec<String>,
}

/// A document.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    frame_id: i64,
    nodes: Nodes,
}

/// Its nodes, each what all have in the order of the document.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Nodes {
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
    pub(super) fn closed(&self) -> HashMap<&str, Vec<BackendNodeId>> {
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
    fn is_used(&self, nodes: &Nodes, index: usize) -> bool {
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
