//! What the report is written on.

use comfy_table::Table;

use crate::terminal;

/// How wide lines are at most: longer ones are hard to read. Tables in a file are as wide as they like.
const WIDEST: usize = 110;
/// How wide lines are at least: below this nothing would be left of a list.
const NARROWEST: usize = 50;
/// From here on there is room for more than one item in a cell.
const ROOMY: usize = 100;

/// What the report is written on: a terminal or a file, with colours or without.
pub(in crate::report) struct Sheet {
    /// Whether there are colours.
    pub(super) coloured: bool,
    /// Columns of the terminal, if it is one.
    terminal: Option<u16>,
}

impl Sheet {
    /// As wide as the terminal that stdout is.
    pub(in crate::report) fn of_stdout(coloured: bool) -> Self {
        Self { coloured, terminal: terminal::width() }
    }

    /// A terminal of that many columns, or a file, for tests.
    #[cfg(test)]
    pub(super) fn plain(terminal: Option<u16>) -> Self {
        Self { coloured: false, terminal }
    }

    /// How wide lines are, in characters.
    pub(super) fn width(&self) -> usize {
        self.terminal.map_or(WIDEST, |columns| usize::from(columns).clamp(NARROWEST, WIDEST))
    }

    /// Whether there is no room for more than one item in a cell.
    pub(super) fn is_narrow(&self) -> bool {
        self.width() < ROOMY
    }

    /// An empty table.
    pub(super) fn table(&self) -> Table {
        terminal::table_of(self.coloured, self.terminal)
    }
}
