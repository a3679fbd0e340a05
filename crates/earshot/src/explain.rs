//! An error with its causes, in one line.

/// The error and what caused it. Most of our errors name their cause in their own sentence: it is not said twice.
#[must_use]
pub fn explain(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use anyhow::{Context as _, anyhow};

    use super::*;

    #[test]
    fn nothing_is_said_twice() {
        let error = Err::<(), _>(anyhow!("no such file")).context("cannot read x: no such file").context("scan");
        assert_eq!(explain(&error.unwrap_err()), "scan: cannot read x: no such file");
    }
}
