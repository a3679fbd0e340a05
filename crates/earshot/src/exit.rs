//! Exit codes: one documented type. 2 belongs to clap (a wrong command line).

use std::process::{ExitCode, Termination};

/// How the program ends. The numbers are part of the interface and never change their meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// What was asked for was done.
    Done,
    /// Something of ours failed; the message says what and what to do.
    Failed,
    /// The input named nothing to work on: no usable target, no such run.
    NothingToDo,
    /// A part is missing or too old; `earshot doctor` says which.
    PartMissing,
    /// The run was interrupted before it was complete; `--resume` goes on.
    Interrupted,
    /// The run is complete, but no page could be seen: every one was blocked, refused or absent, or failed.
    NothingSeen,
    /// A verify ended, and something cannot be said: blocked, or too few good visits.
    Inconclusive,
    /// `--fail-on` met what it was told to look for, or a verify found something that still fires, moved or is new.
    Found,
    /// `earshot evidence check` found that evidence does not hold.
    Broken,
}

impl Exit {
    /// All of them, in the order of their numbers, for the table in `--help`.
    pub const ALL: [Self; 9] = [
        Self::Done,
        Self::Failed,
        Self::NothingToDo,
        Self::PartMissing,
        Self::NothingSeen,
        Self::Inconclusive,
        Self::Found,
        Self::Broken,
        Self::Interrupted,
    ];

    /// The number.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::NothingToDo => 3,
            Self::PartMissing => 4,
            Self::NothingSeen => 5,
            Self::Inconclusive => 6,
            Self::Found => 10,
            Self::Broken => 11,
            Self::Interrupted => 130,
        }
    }

    /// What it means, in one line.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "something failed; the message says what to do",
            Self::NothingToDo => "the input names nothing to work on",
            Self::PartMissing => "a part is missing or too old; see `earshot doctor`",
            Self::NothingSeen => "no page could be seen: all blocked, refused, failed or absent",
            Self::Inconclusive => "something cannot be told: a verify of blocked pages, a rejudge without evidence",
            Self::Found => "--fail-on met what it looks for; a verify found what is not fixed",
            Self::Broken => "evidence does not hold: something was changed, or is missing",
            Self::Interrupted => "interrupted; the same command with --resume goes on",
        }
    }
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        ExitCode::from(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_its_own_and_clear_of_claps() {
        let mut codes: Vec<u8> = Exit::ALL.iter().map(|exit| exit.code()).collect();
        assert!(!codes.contains(&2));
        codes.dedup();
        assert_eq!(codes.len(), Exit::ALL.len());
    }
}
