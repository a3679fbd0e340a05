//! A mail server that takes everything.

use std::io;

use mailin::{Action, Handler, Response, SessionBuilder};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

/// What came.
#[derive(Debug, Default)]
pub struct Letter {
    pub to: Vec<String>,
    /// Headers and body, with soft line breaks undone.
    pub text: String,
}

struct Mailbox {
    letter: Letter,
    letters: UnboundedSender<Letter>,
}

impl Handler for Mailbox {
    fn rcpt(&mut self, to: &str) -> Response {
        self.letter.to.push(to.to_owned());
        mailin::response::OK
    }

    fn data(&mut self, buf: &[u8]) -> io::Result<()> {
        self.letter.text.push_str(&String::from_utf8_lossy(buf));
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        let mut letter = std::mem::take(&mut self.letter);
        letter.text = letter.text.replace("=\r\n", "");
        let _ = self.letters.send(letter);
        mailin::response::OK
    }
}

/// Its port, and what comes.
pub async fn server() -> (u16, UnboundedReceiver<Letter>) {
    let (sender, letters) = unbounded_channel();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = talk(stream, sender.clone()).await;
        }
    });
    (port, letters)
}

async fn talk(stream: TcpStream, letters: UnboundedSender<Letter>) -> io::Result<()> {
    let remote = stream.peer_addr()?.ip();
    let mut stream = BufReader::new(stream);
    let mut session = SessionBuilder::new("mail.test").build(remote, Mailbox { letter: Letter::default(), letters });
    stream.write_all(&session.greeting().buffer()?).await?;
    let mut line = Vec::new();
    while stream.read_until(b'\n', &mut line).await? > 0 {
        let answer = session.process(&line);
        line.clear();
        stream.write_all(&answer.buffer()?).await?;
        if answer.action == Action::Close {
            break;
        }
    }
    Ok(())
}
