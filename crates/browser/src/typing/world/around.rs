//! What is around a document: the frames that it is in, and what lies over them.

use chromiumoxide::cdp::{
    browser_protocol::dom::GetNodeForLocationReturns,
    browser_protocol::dom::{BackendNodeId, GetBoxModelParams, GetFrameOwnerParams, GetNodeForLocationParams},
    js_protocol::runtime::CallFunctionOnParams,
};
use serde::Deserialize;

use super::{Worlds, object, value};
use crate::{session::CallError, steps::absent, typing::bounds};

/// What `page.js` says of where a frame stands.
#[derive(Clone, Copy, Debug, Deserialize)]
struct Surroundings {
    /// Whether it is shown, and belongs to nothing that asks for consent.
    open: bool,
    /// Whether it is in a layer over the page.
    layered: bool,
}

impl Worlds<'_> {
    /// Where a point of a document's process lies on the page, if a click there meets the document: nothing lies over its
    /// frame, nor over those around it. A frame in a process of its own counts from its own corner, and for the document
    /// around it is one element. `None` if something else is met, or if that cannot be told.
    pub(in crate::typing) async fn reach(
        &self,
        world: usize,
        (mut x, mut y): (f64, f64),
    ) -> Result<Option<(f64, f64)>, CallError> {
        let met = self.met(world, x, y).await?;
        if met.is_none_or(|met| met.frame_id != self.worlds[world].frame) {
            return Ok(None);
        }
        let mut at = world;
        while self.worlds[at].session != 0 {
            let Some(around) = self.around(at) else { return Ok(None) };
            if self.is_outermost(at) {
                let Some(owner) = self.owner(around, at).await? else { return Ok(None) };
                let Some((left, top)) = self.corner(around, owner).await? else { return Ok(None) };
                (x, y) = (x + left, y + top);
                let met = self.met(around, x, y).await?;
                if met.is_none_or(|met| met.backend_node_id != owner) {
                    return Ok(None);
                }
            }
            at = around;
        }
        Ok(Some((x, y)))
    }

    /// Whether a document is the outermost of its process: its places are counted from its own corner.
    pub(in crate::typing) fn is_outermost(&self, world: usize) -> bool {
        let around = self.around(world);
        around.is_none_or(|around| self.worlds[around].session != self.worlds[world].session)
    }

    /// What a click at a point of a document's process meets.
    async fn met(&self, world: usize, x: f64, y: f64) -> Result<Option<GetNodeForLocationReturns>, CallError> {
        #[allow(clippy::cast_possible_truncation, reason = "a point of the viewport")]
        let there = GetNodeForLocationParams::new(x as i64, y as i64);
        absent(self.session(world).call(there, bounds::ANSWER).await)
    }

    /// Where the content of an element begins.
    async fn corner(&self, world: usize, owner: BackendNodeId) -> Result<Option<(f64, f64)>, CallError> {
        let model = GetBoxModelParams { backend_node_id: Some(owner), ..Default::default() };
        let model = absent(self.session(world).call(model, bounds::ANSWER).await)?;
        let content = model.map(|found| found.model.content);
        let corner = content.as_ref().and_then(|quad| quad.inner().first_chunk());
        Ok(corner.map(|[left, top]| (*left, *top)))
    }

    /// The element that a frame is, in the document around it.
    async fn owner(&self, around: usize, world: usize) -> Result<Option<BackendNodeId>, CallError> {
        let owner = GetFrameOwnerParams::new(self.worlds[world].frame.clone());
        Ok(absent(self.session(around).call(owner, bounds::ANSWER).await)?.map(|owner| owner.backend_node_id))
    }

    /// The document around a frame's.
    fn around(&self, world: usize) -> Option<usize> {
        let parent = self.worlds[world].parent.as_ref()?;
        self.worlds.iter().rposition(|world| world.frame == *parent)
    }

    /// Whether a visitor would type into a document: its frame, and those around it, are shown and ask for no consent.
    /// If that cannot be told it is not, and that is missed.
    pub(super) async fn is_open(&mut self, world: usize) -> Result<bool, CallError> {
        if let Some(open) = self.worlds[world].open {
            return Ok(open);
        }
        let open = self.look_around(world).await?;
        if open.is_none() {
            self.missed.insert("what is around a frame could not be told");
        }
        // A frame that is hidden now may be shown later.
        self.worlds[world].open = open.filter(|open| *open);
        Ok(open == Some(true))
    }

    async fn look_around(&self, world: usize) -> Result<Option<bool>, CallError> {
        let mut inner = vec![world];
        let mut at = world;
        while self.worlds[at].parent.is_some() {
            let Some(around) = self.around(at) else { return Ok(None) };
            let Some(stands) = self.surroundings(around, at).await? else { return Ok(None) };
            if !stands.open {
                return Ok(Some(false));
            }
            if stands.layered {
                // What is in the layer are the documents so far.
                for world in inner.drain(..) {
                    match self.ask::<bool>(world, "asks", Vec::new()).await? {
                        Some(false) => {}
                        asks => return Ok(asks.map(|asks| !asks)),
                    }
                }
            }
            inner.push(around);
            at = around;
        }
        Ok(Some(true))
    }

    async fn surroundings(&self, around: usize, world: usize) -> Result<Option<Surroundings>, CallError> {
        let Some(owner) = self.owner(around, world).await? else { return Ok(None) };
        let Some(element) = self.resolve(around, owner).await? else { return Ok(None) };
        let call = self.function(around, "surroundings", vec![object(element)]);
        let call = CallFunctionOnParams { return_by_value: Some(true), ..call };
        Ok(absent(self.session(around).call(call, bounds::ANSWER).await)?.and_then(value))
    }
}
