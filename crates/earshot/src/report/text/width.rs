//! Lists that fit into a line.

use earshot_report::plain;

/// As many of `items` as fit into `room` characters, joined by `between`, and how many more there are. The first one is
/// cut if it does not fit by itself.
pub(super) fn fit<T: AsRef<str>>(items: &[T], between: &str, room: usize) -> String {
    let mut text = String::new();
    for (index, item) in items.iter().enumerate() {
        let item = plain(item.as_ref());
        let more = items.len() - index - 1;
        let reserve = if more > 0 { format!(" +{more}").chars().count() } else { 0 };
        let gap = if index > 0 { between } else { "" };
        let left = room.saturating_sub(text.chars().count() + gap.chars().count() + reserve);
        if item.chars().count() <= left {
            text.push_str(gap);
            text.push_str(&item);
        } else if index == 0 {
            text = cut(&item, left);
        } else {
            return format!("{text} +{}", items.len() - index);
        }
    }
    text
}

/// `items` over several lines of `room` characters, the last of which says how many more there are.
pub(super) fn fill(items: &[String], between: &str, room: usize, lines: usize) -> Vec<String> {
    let (mut filled, mut rest) = (Vec::new(), items);
    while !rest.is_empty() {
        if filled.len() + 1 == lines {
            filled.push(fit(rest, between, room));
            break;
        }
        // As many as fit; at least one, cut if need be.
        let width = |count: usize| {
            let text: usize = rest[..count].iter().map(|item| item.chars().count()).sum();
            text + (count - 1) * between.chars().count()
        };
        let count = (1..=rest.len()).take_while(|count| width(*count) <= room).last().unwrap_or(1);
        filled.push(fit(&rest[..count], between, room));
        rest = &rest[count..];
    }
    filled
}

/// What listens to keys, fields and the clipboard before what listens to the mouse and the window.
pub(super) fn keys_first(listens: &[String]) -> Vec<&str> {
    const KEYS: [&str; 9] = ["keydown", "keyup", "keypress", "beforeinput", "input", "change", "paste", "copy", "cut"];
    let rank = |listen: &str| KEYS.iter().position(|key| listen.split(' ').next() == Some(key)).unwrap_or(KEYS.len());
    let mut listens: Vec<&str> = listens.iter().map(String::as_str).collect();
    listens.sort_by_key(|listen| rank(listen));
    listens
}

/// The beginning of `text`, with an ellipsis if it is longer than `room` characters.
pub(super) fn cut(text: &str, room: usize) -> String {
    match text.char_indices().nth(room) {
        None => text.to_owned(),
        Some(_) => text.chars().take(room.saturating_sub(1)).chain(std::iter::once('…')).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_go_over_several_lines() {
        let items = ["alpha", "beta", "gamma", "delta"].map(str::to_owned);
        assert_eq!(fill(&items, " · ", 12, 3), ["alpha · beta", "gamma", "delta"]);
        assert_eq!(fill(&items, " · ", 13, 2), ["alpha · beta", "gamma · delta"]);
        assert_eq!(fill(&items, " · ", 8, 2), ["alpha", "beta +2"]);
        assert_eq!(fill(&["é".repeat(9)], " · ", 5, 2), ["éééé…"]);
        assert_eq!(fill(&[], " · ", 5, 2), Vec::<String>::new());
    }

    #[test]
    fn keys_are_told_before_the_mouse() {
        let listens = ["blur window", "click document", "copy document", "keydown document"].map(str::to_owned);
        assert_eq!(keys_first(&listens), ["keydown document", "copy document", "blur window", "click document"]);
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let items = ["alpha", "beta", "gamma"];
        assert_eq!(fit(&items, ", ", 40), "alpha, beta, gamma");
        assert_eq!(fit(&items, ", ", 15), "alpha, beta +1");
        assert_eq!(fit(&items, ", ", 12), "alpha +2");
        assert_eq!(fit(&["é".repeat(20)], ", ", 5), "éééé…");
        assert_eq!(fit(&["a\u{1b}b"], ", ", 5), "a\u{fffd}b");
        assert_eq!(fit::<&str>(&[], ", ", 5), "");
        for room in 8..30 {
            assert!(fit(&items, ", ", room).chars().count() <= room, "{room}");
        }
    }
}
