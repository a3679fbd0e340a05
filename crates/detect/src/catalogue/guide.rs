//! A compliance guide: its sections, its steps, its snippet, and what it lacks to be complete.

use earshot_model::Exposure;

use super::Vendor;

/// What a guide tells first: by mode, where the vendor has modes.
const HEARS: &str = "What it hears";
/// Why its presence before consent may be held against a site.
const WHY: &str = "Why it matters before consent";
/// Only of vendors that can take what a page shows or what is typed.
const MASKING: &str = "What masking changes";
/// The steps.
const GATE: &str = "How to gate it";
/// The sections that every guide has, complete or not, in this order.
pub(super) const SECTIONS: [&str; 3] = [HEARS, WHY, GATE];
/// How the step begins that says what to do where a tag manager brings the vendor along.
const TAG_MANAGER: &str = "In a tag manager:";
/// How the step begins that masks what is still heard after consent.
const MASK: &str = "Mask";
/// The function of a snippet that a consent platform calls.
const CALLBACK: &str = "function onConsentGiven()";

impl Vendor {
    /// What its guide lacks to be complete, in words; empty for a complete one.
    ///
    /// A complete guide has its sections and no other, in their order; a first snippet that a consent platform can
    /// call; a step for tag managers; and, of a vendor that can take content, a section and a step on masking.
    #[must_use]
    pub fn guide_lacks(&self) -> Vec<&'static str> {
        let takes_content = self.exposure == Exposure::Content;
        let sections: Vec<&str> = headings(&self.guide).collect();
        let has_masking = sections.contains(&MASKING);
        let wanted = match has_masking {
            true => vec![HEARS, WHY, MASKING, GATE],
            false => SECTIONS.to_vec(),
        };
        let has_step = |start: &str| steps(&self.guide).any(|step| words_of(step).starts_with(start));
        let calls = self.guide_snippet().is_some_and(|snippet| snippet.contains(CALLBACK));
        [
            (sections != wanted, "its sections in their order, and no other"),
            (takes_content && !has_masking, "the section 'What masking changes'"),
            (!calls, "a first snippet in 'How to gate it' that defines onConsentGiven()"),
            (!has_step(TAG_MANAGER), "a step 'In a tag manager: …'"),
            (takes_content && !has_step(MASK), "a step 'Mask …'"),
        ]
        .into_iter()
        .filter_map(|(lacks, what)| lacks.then_some(what))
        .collect()
    }

    /// Whether its guide is complete ([`Vendor::guide_lacks`] nothing).
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.guide_lacks().is_empty()
    }

    /// The guide's first JavaScript under "How to gate it", without its indentation: it defines what a consent platform
    /// calls, and runs in a page once the words that begin with `YOUR_` are replaced.
    #[must_use]
    pub fn guide_snippet(&self) -> Option<String> {
        let (_, gate) = self.guide.split_once(&format!("## {GATE}"))?;
        let lines: Vec<&str> = gate.lines().skip_while(|line| line.trim() != "```js").skip(1).collect();
        let code: Vec<&str> = lines.into_iter().take_while(|line| line.trim() != "```").collect();
        let indent =
            code.iter().filter(|line| !line.trim().is_empty()).map(|line| line.len() - line.trim_start().len());
        let indent = indent.min()?;
        Some(code.iter().map(|line| line.get(indent..).unwrap_or_default().to_owned() + "\n").collect())
    }
}

/// The headings of a guide's sections.
pub(super) fn headings(guide: &str) -> impl Iterator<Item = &str> {
    guide.lines().filter_map(|line| line.strip_prefix("## ")).map(str::trim_end)
}

/// The first line of each numbered step.
pub(super) fn steps(guide: &str) -> impl Iterator<Item = &str> {
    guide.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit()))
}

/// A step without its number.
fn words_of(step: &str) -> &str {
    step.split_once(". ").map_or("", |(_, words)| words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalogue;

    const COMPLETE: &str = "## What it hears\n\nAll.\n\n## Why it matters before consent\n\nSo.\n\n\
        ## What masking changes\n\nMuch.\n\n## How to gate it\n\n1. Do.\n\n   ```js\n   function onConsentGiven() {\n     \
        go();\n   }\n   ```\n\n2. In a tag manager: do.\n3. Mask it.\n4. Verify: look.";

    fn vendor(guide: &str) -> Vendor {
        let catalogue = Catalogue::built_in().unwrap();
        Vendor { guide: guide.to_owned(), exposure: Exposure::Content, ..catalogue.vendors()[0].clone() }
    }

    #[test]
    fn what_a_guide_lacks_is_named() {
        assert_eq!(vendor(COMPLETE).guide_lacks(), Vec::<&str>::new());
        for (from, to, lacks) in [
            ("## What masking changes\n\nMuch.\n\n", "", "What masking changes"),
            ("## What it hears\n\nAll.\n\n", "", "sections"),
            ("## How to gate it", "## More\n\n## How to gate it", "sections"),
            ("onConsentGiven", "onLoad", "onConsentGiven"),
            ("```js", "```html", "onConsentGiven"),
            ("In a tag manager:", "Or", "In a tag manager"),
            ("3. Mask it.", "3. Hide it.", "Mask"),
        ] {
            let found = vendor(&COMPLETE.replace(from, to)).guide_lacks();
            assert!(found.len() == 1 && found[0].contains(lacks), "{from}: {found:?}");
        }
        let tracker = Vendor { exposure: Exposure::Tracker, ..vendor(&COMPLETE.replace("3. Mask it.", "3. Go on.")) };
        assert!(tracker.is_complete(), "{:?}", tracker.guide_lacks());
    }

    #[test]
    fn a_snippet_is_the_first_code_of_the_steps_without_its_indentation() {
        let guide = COMPLETE.replace("All.", "```js\nother();\n```");
        assert_eq!(vendor(&guide).guide_snippet().as_deref(), Some("function onConsentGiven() {\n  go();\n}\n"));
        assert_eq!(vendor("## How to gate it\n\n1. Do.").guide_snippet(), None);
    }
}
