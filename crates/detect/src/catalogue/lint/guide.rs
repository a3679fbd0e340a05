//! What a compliance guide has to hold: numbered steps, a snippet, and at the end a check.

/// The field's name and what is wrong, if anything is.
pub(super) fn problem(guide: &str) -> Option<(&'static str, String)> {
    let steps: Vec<_> = guide.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit())).collect();
    let number = |step: &&str| step.split('.').next().and_then(|number| number.parse::<usize>().ok());
    let problem = if !steps.iter().map(number).eq((1..=steps.len()).map(Some)) {
        "its steps are not numbered 1, 2, 3"
    } else if steps.len() < 2 {
        "fewer than two steps"
    } else if !steps.last().is_some_and(|step| step.contains("Re-scan with Earshot")) {
        "its last step is no check ('Re-scan with Earshot …')"
    } else if !guide.contains("```") {
        "no snippet"
    } else if !guide.matches("```").count().is_multiple_of(2) {
        "a code block stays open"
    } else {
        return None;
    };
    Some(("guide", problem.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guides_have_steps_a_snippet_and_a_check() {
        let good = "1. Do.\n\n```js\n```\n\n2. Re-scan with Earshot and look.";
        assert_eq!(problem(good), None);
        for (from, to, said) in [
            ("2. R", "3. R", "numbered"),
            ("1. Do.", "", "numbered"),
            ("2. Re-scan with Earshot and look.", "", "fewer"),
            ("Re-scan with Earshot", "Look", "last step"),
            ("```", "", "snippet"),
            ("```js\n", "", "stays open"),
        ] {
            let (field, problem) = problem(&good.replace(from, to)).expect(from);
            assert!(field == "guide" && problem.contains(said), "{from}: {problem}");
        }
    }
}
