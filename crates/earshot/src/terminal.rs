//! stdout is data, stderr is talk.

use std::{
    io::{IsTerminal as _, Write as _},
    ops::RangeInclusive,
};

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use indicatif::{ProgressBar, ProgressDrawTarget};

use crate::{cli::Colour, exit::Exit, explain::explain};

/// Says what went wrong, with its causes, and gives back the exit code for it.
#[must_use]
pub fn failed(error: &anyhow::Error) -> Exit {
    eprintln!("error: {}", explain(error));
    match error.downcast_ref::<earshot_local::PartError>() {
        Some(_) => Exit::PartMissing,
        None => Exit::Failed,
    }
}

/// Writes data to stdout; a reader that went away (`| head`) is no error.
///
/// # Errors
/// Any other failure of stdout.
pub fn print(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// How far work is that takes a while, of `total` steps if that is known: on stderr, if that is a terminal.
#[must_use]
pub fn progress(quiet: bool, total: Option<u64>) -> ProgressBar {
    match std::io::stderr().is_terminal() && !quiet {
        true => ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr_with_hz(5)),
        false => ProgressBar::hidden(),
    }
}

/// Columns of the terminal that stdout is; `None` if it is none, or does not say.
#[must_use]
pub fn width() -> Option<u16> {
    Table::new().width().filter(|width| *width > 0)
}

/// A table for stdout. On a terminal it is as wide as the terminal, elsewhere as wide as it likes: a file has no width.
#[must_use]
pub fn table(coloured: bool) -> Table {
    table_of(coloured, width())
}

/// A table for a terminal of that many columns.
#[must_use]
pub fn table_of(coloured: bool, width: Option<u16>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    // Said here, for a table that is told of no terminal does not ask for its width.
    if let Some(width) = width {
        table.set_width(width).set_content_arrangement(ContentArrangement::Dynamic);
    } else {
        table.set_content_arrangement(ContentArrangement::Disabled);
    }
    if coloured {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    table
}

/// Sets these columns of a table that has a header to the right: numbers.
pub fn right(table: &mut Table, columns: RangeInclusive<usize>) {
    for column in columns {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

/// Whether stdout gets colours.
#[must_use]
pub fn coloured(colour: Colour) -> bool {
    wanted(colour, std::io::stdout().is_terminal())
}

/// Whether stderr gets colours.
#[must_use]
pub fn coloured_talk(colour: Colour) -> bool {
    wanted(colour, std::io::stderr().is_terminal())
}

/// <https://no-color.org>
fn wanted(colour: Colour, terminal: bool) -> bool {
    match colour {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_keeps_to_the_terminal_without_colours_too() {
        let words = ["several words that go on", "and others that go on as well"];
        let wide = |width| {
            let mut table = table_of(false, width);
            table.add_row(words);
            table.lines().map(|line| line.chars().count()).max()
        };
        assert!(wide(None) > Some(50));
        assert!(wide(Some(30)) <= Some(30));
    }
}
