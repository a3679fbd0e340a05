//! What a parent asks of an engine child: one line of JSON on its standard input, answered by one on its output.
//! Not arguments, because every user of the machine can read those, and there is a password among them.

use std::{io, net::SocketAddr, path::PathBuf};

use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncWrite, AsyncWriteExt},
    process::{ChildStdin, ChildStdout},
};

use crate::child::Pipes;

/// What the child shall do.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Errand {
    /// Open the data and answer queries until SIGTERM.
    Serve { library: PathBuf, data: PathBuf, listen: SocketAddr, user: String, password: String },
    /// Say which version the library has.
    Version { library: PathBuf },
}

/// What the child answers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Reply {
    /// Queries are answered here.
    Ready { address: SocketAddr },
    /// The library's version.
    Version { version: String },
}

/// Gives the errand and awaits the reply.
pub(super) async fn run(errand: &Errand, pipes: Pipes) -> io::Result<Reply> {
    let stdin = pipes.stdin.map(ChildStdin::from_std).transpose()?;
    write(errand, stdin).await?;
    let stdout = pipes.stdout.ok_or(io::ErrorKind::BrokenPipe)?;
    super::reply_line(ChildStdout::from_std(stdout)?).await
}

/// Writes the errand and closes the pipe.
pub(super) async fn write(errand: &Errand, stdin: Option<impl AsyncWrite + Unpin>) -> io::Result<()> {
    let mut line = serde_json::to_vec(errand)?;
    line.push(b'\n');
    let mut stdin = stdin.ok_or(io::ErrorKind::BrokenPipe)?;
    stdin.write_all(&line).await?;
    stdin.shutdown().await
}
