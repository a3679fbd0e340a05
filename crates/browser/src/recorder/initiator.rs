use chromiumoxide::cdp::{browser_protocol::network, js_protocol::runtime::StackTrace};
use earshot_model::{Initiator, ScriptFrame};

use crate::bounds;

/// Who caused a request, with the stack across its async parents.
pub(super) fn of(initiator: &network::Initiator) -> Initiator {
    Initiator {
        kind: initiator.r#type.as_ref().to_lowercase(),
        url: initiator.url.as_deref().map(address),
        stack: initiator.stack.as_ref().map(flatten).unwrap_or_default(),
        request: None,
    }
}

fn flatten(innermost: &StackTrace) -> Vec<ScriptFrame> {
    std::iter::successors(Some(innermost), |stack| stack.parent.as_deref())
        .flat_map(|stack| &stack.call_frames)
        .take(Initiator::MAX_FRAMES)
        .map(|frame| ScriptFrame {
            url: address(&frame.url),
            function: address(&frame.function_name),
            line: number(frame.line_number),
            column: number(frame.column_number),
        })
        .collect()
}

fn address(text: &str) -> String {
    bounds::cut(text, bounds::ADDRESS).to_owned()
}

/// WebAssembly frames have offsets beyond any line.
fn number(at: i64) -> u32 {
    u32::try_from(at.max(0)).unwrap_or(u32::MAX)
}
