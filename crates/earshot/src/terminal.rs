//! stdout is data, stderr is talk.

use std::io::{IsTerminal as _, Write as _};

use crate::{cli::Colour, exit::Exit};

/// Says what went wrong, with its causes, and gives back the exit code for it.
#[must_use]
pub fn failed(error: &anyhow::Error) -> Exit {
    eprintln!("error: {error:#}");
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
