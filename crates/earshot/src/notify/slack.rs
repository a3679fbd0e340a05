//! Slack's incoming webhooks (<https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>).

use earshot_model::NoticeId;
use reqwest::header::HeaderMap;
use serde_json::json;
use url::Url;

use super::{Message, NotTaken, message::escaped, post};

/// Characters of a section at most, below the 3,000 that Slack takes: what is escaped is longer.
const LONGEST_SECTION: usize = 2_900;
/// Characters of a header at most.
const LONGEST_HEADER: usize = 150;
/// Sections at most: a channel is no report.
const MOST_SECTIONS: usize = 3;

/// An incoming webhook.
#[derive(Clone)]
pub struct Slack {
    /// Its address, which is all the secret that there is.
    pub url: Url,
}

impl Slack {
    pub(super) async fn send(&self, id: NoticeId, message: &Message) -> Result<String, NotTaken> {
        post::json(&self.url, HeaderMap::new(), body(id, message).to_string()).await
    }
}

/// `text` is what notifications show, and programs that know no blocks.
fn body(id: NoticeId, message: &Message) -> serde_json::Value {
    let section = |text: String| json!({ "type": "section", "text": { "type": "mrkdwn", "text": text } });
    let header: String = message.headline.chars().take(LONGEST_HEADER).collect();
    let mut blocks = vec![json!({ "type": "header", "text": { "type": "plain_text", "text": header } })];
    blocks.extend(sections(&message.lines).into_iter().map(section));
    let mut notes = escaped(&message.notes.join(" "));
    // The other side of "sent once": who gets it twice can see that it is the same.
    notes.push_str(&format!(" · notice {id}"));
    blocks.push(json!({ "type": "context", "elements": [{ "type": "mrkdwn", "text": notes }] }));
    json!({ "text": escaped(&message.headline), "blocks": blocks })
}

/// Lines as lists, none longer than a section may be; what has no place is counted.
fn sections(lines: &[String]) -> Vec<String> {
    let mut sections: Vec<String> = Vec::new();
    for (nth, line) in lines.iter().enumerate() {
        let line = format!("• {}\n", escaped(line));
        let full = sections.len() == MOST_SECTIONS;
        match sections.last_mut() {
            Some(last) if last.chars().count() + line.chars().count() <= LONGEST_SECTION => last.push_str(&line),
            _ if full => {
                sections.push(format!("… and {} more here", lines.len() - nth));
                break;
            }
            _ => sections.push(line),
        }
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(lines: usize) -> Message {
        let line = format!("shop.test: new tracker: <!channel> & <https://evil.test|click> {}", "&".repeat(200));
        let (headline, notes) = ("h&".repeat(200), vec!["n".to_owned()]);
        Message { headline, lines: vec![line; lines], notes, json: String::new() }
    }

    #[test]
    fn nothing_is_longer_than_slack_takes() {
        for lines in [0, 1, 100] {
            let body = body(NoticeId(uuid::Uuid::nil()), &message(lines));
            let blocks = body["blocks"].as_array().unwrap();
            assert!(blocks.len() <= MOST_SECTIONS + 3, "{}", blocks.len());
            for block in blocks {
                let text = block["text"]["text"].as_str().or(block["elements"][0]["text"].as_str()).unwrap();
                assert!(text.chars().count() <= 3_000 && !text.is_empty());
                assert!(block["type"] != "header" || text.chars().count() <= 150);
            }
        }
    }

    #[test]
    fn nobody_is_called_and_nothing_is_linked() {
        let text = body(NoticeId(uuid::Uuid::nil()), &message(1)).to_string();
        assert!(!text.contains("<!channel>") && text.contains("&lt;!channel&gt; &amp; &lt;https"), "{text}");
        assert!(sections(&message(100).lines).last().unwrap().contains("more here"));
    }
}
