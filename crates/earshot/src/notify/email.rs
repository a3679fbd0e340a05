//! E-mail, as text and as simple HTML.

use std::{fmt::Write as _, time::Duration};

use earshot_model::NoticeId;
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor,
    message::{Mailbox, MultiPart},
};
use url::Url;

use super::{Message, NotTaken, PATIENCE, message::escaped};

/// How long a whole exchange may take: servers keep those waiting whom they do not know, and what is broken off in the
/// middle may have been taken.
const EXCHANGE: Duration = Duration::from_secs(60);

/// Mailboxes, and the server that takes what is for them.
#[derive(Clone)]
pub struct Email {
    /// The server, with what it knows us by.
    pub smtp: Url,
    /// Who writes.
    pub from: Mailbox,
    /// Who reads.
    pub to: Vec<Mailbox>,
}

impl Email {
    pub(super) async fn send(&self, id: NoticeId, message: &Message) -> Result<String, NotTaken> {
        let letter = self.letter(id, message).map_err(NotTaken::never)?;
        let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(self.smtp.as_str()).map_err(NotTaken::later)?;
        let server = server.timeout(Some(PATIENCE)).build();
        let exchange = tokio::time::timeout(EXCHANGE, server.send(letter)).await;
        let exchange = exchange.map_err(|_| NotTaken::later(format!("no answer within {EXCHANGE:?}")))?;
        let answer = exchange.map_err(NotTaken::later)?;
        let said = answer.message().collect::<Vec<_>>().join(" ");
        Ok(format!("{} {said}", answer.code()).trim_end().to_owned())
    }

    /// The id is the letter's own, so that a mailbox that gets it twice can tell.
    fn letter(&self, id: NoticeId, message: &Message) -> Result<lettre::Message, lettre::error::Error> {
        let domain = self.from.email.domain();
        let letter = lettre::Message::builder()
            .message_id(Some(format!("<{id}@{domain}>")))
            .from(self.from.clone())
            .subject(message.headline.as_str());
        let letter = self.to.iter().fold(letter, |letter, to| letter.to(to.clone()));
        letter.multipart(MultiPart::alternative_plain_html(message.text(), html(message)))
    }
}

fn html(message: &Message) -> String {
    let mut html = format!("<!doctype html><meta charset=\"utf-8\"><h2>{}</h2><ul>", escaped(&message.headline));
    for line in &message.lines {
        let _ = write!(html, "<li>{}</li>", escaped(line));
    }
    html.push_str("</ul>");
    for note in &message.notes {
        let _ = write!(html, "<p>{}</p>", escaped(note));
    }
    html
}
