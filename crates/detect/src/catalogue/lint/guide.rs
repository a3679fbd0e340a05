//! What every compliance guide has to hold: numbered steps, a snippet, and at the end a check.

use crate::{Vendor, catalogue::guide};

/// The field's name and what is wrong, if anything is.
pub(super) fn problem(vendor: &Vendor) -> Option<(&'static str, String)> {
    let text = &vendor.guide;
    let steps: Vec<&str> = guide::steps(text).collect();
    let number = |step: &&str| step.split('.').next().and_then(|number| number.parse::<usize>().ok());
    let check = format!("Verify: `earshot verify YOUR_DOMAIN --vendor {}`", vendor.id);
    let problem = if !steps.iter().map(number).eq((1..=steps.len()).map(Some)) {
        "its steps are not numbered 1, 2, 3".to_owned()
    } else if steps.len() < 2 {
        "fewer than two steps".to_owned()
    } else if !steps.last().is_some_and(|step| step.contains(&check)) {
        format!("its last step is no check ('{check} …')")
    } else if !text.contains("```") {
        "no snippet".to_owned()
    } else if !text.matches("```").count().is_multiple_of(2) {
        "a code block stays open".to_owned()
    } else {
        return None;
    };
    Some(("guide", problem))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalogue;

    #[test]
    fn guides_have_steps_a_snippet_and_a_check() {
        let catalogue = Catalogue::built_in().unwrap();
        let problem = |guide: String| problem(&Vendor { guide, ..catalogue.get("hotjar").unwrap().clone() });
        let good = "1. Do.\n\n```js\n```\n\n2. Verify: `earshot verify YOUR_DOMAIN --vendor hotjar` and look.";
        assert_eq!(problem(good.to_owned()), None);
        for (from, to, said) in [
            ("2. V", "3. V", "numbered"),
            ("1. Do.", "", "numbered"),
            ("2. Verify", "Verify", "fewer"),
            ("earshot verify", "earshot look", "last step"),
            ("hotjar", "hotjor", "last step"),
            ("```", "", "snippet"),
            ("```js\n", "", "stays open"),
        ] {
            let (field, problem) = problem(good.replace(from, to)).expect(from);
            assert!(field == "guide" && problem.contains(said), "{from}: {problem}");
        }
    }
}
