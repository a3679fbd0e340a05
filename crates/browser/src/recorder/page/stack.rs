//! V8's stacks as text (<https://v8.dev/docs/stack-trace-api>).

use earshot_model::{Initiator, ScriptFrame};

use crate::bounds;

/// Reads a stack, innermost first. Lines that name no place (natives, `Promise.all`) are left out. What was evaluated
/// has no address; who evaluated it comes after it.
pub(super) fn parse(text: &str) -> Vec<ScriptFrame> {
    let mut frames: Vec<ScriptFrame> = Vec::new();
    for line in text.lines().filter_map(|line| line.trim_start().strip_prefix("at ")) {
        for frame in read(line) {
            if frames.last() != Some(&frame) {
                frames.push(frame);
            }
        }
    }
    frames.truncate(Initiator::MAX_FRAMES);
    frames
}

/// The frame of one line, and the frames that its code was evaluated in.
fn read(line: &str) -> Vec<ScriptFrame> {
    let line = line.strip_prefix("async ").unwrap_or(line);
    let (function, place) = match line.split_once(" (") {
        Some((function, place)) => (function, place.strip_suffix(')').unwrap_or(place)),
        None => ("", line),
    };
    match place.strip_prefix("eval at ") {
        Some(evaluated) => {
            // `eval at OUTER (PLACE), <anonymous>:LINE:COLUMN`
            let (outer, inner) = evaluated.rsplit_once(", ").unwrap_or((evaluated, ""));
            spot(function, inner).into_iter().chain(read(outer)).collect()
        }
        None => spot(function, place).into_iter().collect(),
    }
}

fn spot(function: &str, place: &str) -> Option<ScriptFrame> {
    let (rest, column) = place.rsplit_once(':')?;
    let (url, line) = rest.rsplit_once(':')?;
    let from_0 = |number: &str| number.parse::<u32>().ok().map(|number| number.saturating_sub(1));
    let url = if url == "<anonymous>" { "" } else { url };
    Some(ScriptFrame {
        url: bounds::cut(url, bounds::ADDRESS).to_owned(),
        function: bounds::cut(name(function), bounds::ADDRESS).to_owned(),
        line: from_0(line)?,
        column: from_0(column)?,
    })
}

/// The function's own name: V8 puts what it was called on before it (`Object.track`, `new Tag`, `Tag.run [as go]`).
fn name(function: &str) -> &str {
    let function = function.split(" [as ").next().unwrap_or_default();
    let function = function.strip_prefix("new ").unwrap_or(function);
    let name = function.rsplit('.').next().unwrap_or_default();
    if name == "<anonymous>" { "" } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<(String, String, u32, u32)> {
        parse(text).into_iter().map(|frame| (frame.function, frame.url, frame.line, frame.column)).collect()
    }

    fn frame(function: &str, url: &str, line: u32, column: u32) -> (String, String, u32, u32) {
        (function.to_owned(), url.to_owned(), line, column)
    }

    #[test]
    fn lines_of_all_forms_are_read() {
        let text = "    at install (https://t.test/tag.js:2:11)
    at Tracker.run [as go] (https://t.test/a(1).js?x=1:3:4)
    at new Tag (https://t.test/tag.js:5:6)
    at HTMLInputElement.<anonymous> (https://t.test/tag.js:7:8)
    at async load (https://t.test/tag.js:9:10)
    at async https://t.test/tag.js:11:12
    at Array.forEach (<anonymous>)
    at async Promise.all (index 0)
    at blob:https://t.test/0-1:1:1";
        let expected = [
            frame("install", "https://t.test/tag.js", 1, 10),
            frame("run", "https://t.test/a(1).js?x=1", 2, 3),
            frame("Tag", "https://t.test/tag.js", 4, 5),
            frame("", "https://t.test/tag.js", 6, 7),
            frame("load", "https://t.test/tag.js", 8, 9),
            frame("", "https://t.test/tag.js", 10, 11),
            frame("", "blob:https://t.test/0-1", 0, 0),
        ];
        assert_eq!(told(text), expected);
    }

    #[test]
    fn evaluated_code_leads_to_who_evaluated_it() {
        let text = "at eval (eval at install (https://t.test/tag.js:18:2), <anonymous>:1:10)
    at install (https://t.test/tag.js:18:2)
    at eval (eval at a (eval at b (https://t.test/b.js:1:2), <anonymous>:3:4), <anonymous>:5:6)";
        let expected = [
            frame("eval", "", 0, 9),
            frame("install", "https://t.test/tag.js", 17, 1),
            frame("eval", "", 4, 5),
            frame("a", "", 2, 3),
            frame("b", "https://t.test/b.js", 0, 1),
        ];
        assert_eq!(told(text), expected);
    }

    #[test]
    fn nonsense_gives_nothing() {
        for text in ["", "at ", "at (", "at x (y", "at x:1:z", "at :999999999999:1", "\u{0}at )(::"] {
            assert!(parse(text).is_empty(), "{text}");
        }
        assert_eq!(
            parse(&"at x (https://t.test/:1:1)\nat y (https://t.test/:1:1)\n".repeat(99)).len(),
            Initiator::MAX_FRAMES
        );
    }
}
