//! What queries share: `{{NAME ARGUMENT …}}` stands for the text of `queries/stats/include/NAME.sql`, in which `$1` stands for
//! its first argument, and so on. ClickHouse has functions of users, but each server of a cluster would have to be told.

macro_rules! parts {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../queries/stats/include/", $name, ".sql")))),+]
    };
}

const PARTS: &[(&str, &str)] = parts![
    "chosen",
    "known",
    "nights",
    "parties",
    "parties_in_scope",
    "scope",
    "segment",
    "share",
    "sites",
    "vendors",
];
/// Arguments that a text may have.
const ARGUMENTS: usize = 3;

/// The text with everything in its place.
///
/// # Panics
/// If it names something that is not there: a test asks for every statistic.
pub(super) fn expand(text: &str) -> String {
    let Some((before, rest)) = text.split_once("{{") else { return text.to_owned() };
    let (call, after) = rest.split_once("}}").expect("{{ has its }}");
    let mut words = call.split_whitespace();
    let name = words.next().unwrap_or_default();
    let part = PARTS.iter().find(|(known, _)| *known == name).map(|(_, text)| text.trim());
    let mut part = part.unwrap_or_else(|| panic!("queries/stats/include/{name}.sql")).to_owned();
    // It stands as far to the right as what it stands in.
    let line = before.rsplit('\n').next().unwrap_or_default();
    let indent = &line[..line.len() - line.trim_start().len()];
    part = part.replace('\n', &format!("\n{indent}"));
    for number in 1..=ARGUMENTS {
        part = part.replace(&format!("${number}"), words.next().unwrap_or_default());
    }
    format!("{before}{}{}", expand(&part), expand(after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_put_in_with_their_arguments() {
        assert_eq!(expand("SELECT 1"), "SELECT 1");
        assert!(expand("  WHERE {{scope}}").contains("'scan'\n    AND ("));
        let text = expand("SELECT {{share hits all my_}}, {{segment}}");
        assert!(text.contains("hits / all) AS my_share") && text.contains("AS my_high, if({by:String}"), "{text}");
        assert!(!text.contains("{{") && !text.contains('$'), "{text}");
    }
}
