//! Lists of numbers that are characters: `[84,97]`, `String.fromCharCode(84, 97)`, `84,97`, `{"0":84,"1":97}`.

/// The shortest list: less holds nothing that is looked for.
const MIN_CODES: usize = 8;

/// The characters that the list beginning at `at` stands for, as UTF-8 or as bytes, and where it ends.
pub(super) fn list(text: &[u8], at: usize) -> Option<(Vec<u8>, usize)> {
    let mut codes: Vec<u32> = Vec::new();
    let indexed = text[at..].starts_with(b"0\":");
    let mut next = at;
    let mut end = at;
    loop {
        if indexed {
            next = after_index(text, next, codes.len()).unwrap_or(next);
        }
        let Some((code, after)) = number(text, next) else { break };
        codes.push(code);
        end = after;
        let Some(after) = separator(text, after, indexed) else { break };
        next = after;
    }
    if codes.len() < MIN_CODES {
        return None;
    }
    let bytes = match codes.iter().all(|code| *code < 256) {
        true => codes.iter().map(|code| *code as u8).collect(),
        false => codes
            .iter()
            .map(|code| char::from_u32(*code).unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect::<String>()
            .into_bytes(),
    };
    Some((bytes, end))
}

/// A number that can be a character, and where it ends.
fn number(text: &[u8], at: usize) -> Option<(u32, usize)> {
    let (radix, at) = match text.get(at..)? {
        [b'0', b'x', ..] => (16, at + 2),
        _ => (10, at),
    };
    let digits = text[at..].iter().take(6).take_while(|byte| char::from(**byte).is_digit(radix)).count();
    let longer = text.get(at + digits).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'.');
    if digits == 0 || longer {
        return None;
    }
    let code =
        text[at..at + digits].iter().fold(0, |sum, byte| sum * radix + char::from(*byte).to_digit(radix).unwrap_or(0));
    (code < 0x11_0000).then_some((code, at + digits))
}

/// Where the next number begins.
fn separator(text: &[u8], at: usize, indexed: bool) -> Option<usize> {
    match text.get(at..)? {
        [b',', b'"', ..] if indexed => Some(at + 2),
        [b',' | b';', b' ', ..] => Some(at + 2),
        [b',' | b';' | b' ' | b'-', ..] => Some(at + 1),
        _ => None,
    }
}

/// Behind `N":`, where N is the place in the list.
fn after_index(text: &[u8], at: usize, place: usize) -> Option<usize> {
    let index = format!("{place}\":");
    text.get(at..)?.starts_with(index.as_bytes()).then_some(at + index.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_every_kind_are_read() {
        for text in [
            "107,97,98,111,100,105,116,101]",
            "107, 97, 98, 111, 100, 105, 116, 101)",
            "0\":107,\"1\":97,\"2\":98,\"3\":111,\"4\":100,\"5\":105,\"6\":116,\"7\":101}",
            "0x6b,0x61,0x62,0x6f,0x64,0x69,0x74,0x65",
        ] {
            assert_eq!(list(text.as_bytes(), 0).unwrap().0, b"kabodite", "{text}");
        }
        assert_eq!(list(b"1,2,3", 0), None);
        assert_eq!(list(b"1.5,2.5,3.5,4.5,5.5,6.5,7.5,8.5,9.5", 0), None);
        assert_eq!(list("0\":".repeat(20).as_bytes(), 0), None);
    }
}
