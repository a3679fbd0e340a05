//! `earshot notify`: whether those who are to be told can be told.

use anyhow::{Result, bail};
use earshot_model::NoticeId;
use earshot_report::plain;
use uuid::Uuid;

use crate::{
    cli::{Global, Notify, NotifyCommand},
    config::Config,
    exit::Exit,
    notify::Message,
};

pub(super) async fn run(global: &Global, notify: &Notify) -> Result<Exit> {
    let config = Config::load(global.config.as_deref(), &global.overrides(None))?;
    let NotifyCommand::Test { name } = &notify.command;
    let mut channels = config.notify.channels()?;
    if channels.is_empty() {
        bail!("no channel is configured; [notify] in default.toml shows how");
    }
    if let Some(name) = name {
        let known: Vec<_> = channels.iter().map(|channel| channel.name.clone()).collect();
        channels.retain(|channel| channel.name == *name);
        if channels.is_empty() {
            bail!("no channel is called '{}'; there are: {}", plain(name), plain(&known.join(", ")));
        }
    }
    let mut failed = false;
    for channel in channels {
        // Each test is a notice of its own: what the last one said of itself must not silence it.
        let answer = channel.send(NoticeId(Uuid::new_v4()), &Message::sample()).await;
        let (name, kind) = (plain(&channel.name), channel.to.kind());
        match answer {
            Ok(said) => println!("{name} ({kind}): taken: {}", plain(&said)),
            Err(not_taken) => {
                failed = true;
                eprintln!("error: {name} ({kind}): not taken: {}", plain(&not_taken.reason));
            }
        }
    }
    Ok(if failed { Exit::Failed } else { Exit::Done })
}
