//! `earshot token`: who may use the API.

use anyhow::{Context as _, Result, bail};
use earshot_store::{Store, TokenRecord};
use earshot_web::{Scope, Token};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::{
    cli::{Expiry, Global, ListFormat, ScopeName, TokenCommand, Tokens},
    config::Config,
    exit::Exit,
    services::{Need, Services},
    terminal,
};

pub(super) async fn run(global: &Global, tokens: &Tokens) -> Result<Exit> {
    let config = Config::load(global.config.as_deref(), &global.overrides(None))?;
    let services = Services::open(&config, Need::Store).await?;
    let done = match &tokens.command {
        TokenCommand::Create { name, scope, expires } => create(&services.store, name, *scope, *expires).await,
        TokenCommand::List { format } => list(&services.store, *format).await,
        TokenCommand::Revoke { name } => revoke(&services.store, name).await,
    };
    services.close().await;
    done
}

async fn create(store: &Store, name: &str, scope: ScopeName, expires: Expiry) -> Result<Exit> {
    if name.trim().is_empty() || name.chars().any(char::is_control) {
        bail!("give the token a name of one line");
    }
    let now = Timestamp::now();
    if store.tokens().await?.iter().any(|token| token.name == name && counts(token, now)) {
        bail!("there is a token '{name}' that counts: revoke it, or choose another name");
    }
    let expires_at = match expires {
        Expiry::Never => None,
        Expiry::After(after) => {
            let end = SignedDuration::try_from(after).ok().and_then(|after| now.checked_add(after).ok());
            Some(end.context("--expires: that is too far away; write never")?)
        }
    };
    let scope = match scope {
        ScopeName::Read => Scope::Read,
        ScopeName::Write => Scope::Write,
    };
    let token = Token::generate();
    let record = TokenRecord {
        hash: token.hash(),
        name: name.to_owned(),
        scope: scope.as_str().to_owned(),
        created_at: now,
        expires_at,
        revoked: false,
        used_at: None,
    };
    store.put_token(&record).await?;
    eprintln!("token '{name}', scope {}, counts {}; it is not shown again:", scope.as_str(), until(&record));
    terminal::print(&format!("{}\n", token.reveal()))?;
    Ok(Exit::Done)
}

async fn list(store: &Store, format: ListFormat) -> Result<Exit> {
    let (tokens, now) = (store.tokens().await?, Timestamp::now());
    let text = match format {
        ListFormat::Json => {
            let json = tokens.iter().map(|token| {
                json!({
                    "name": token.name, "scope": token.scope, "state": state(token, now), "created_at": token.created_at,
                    "expires_at": token.expires_at, "used_at": token.used_at,
                })
            });
            serde_json::to_string_pretty(&json.collect::<Vec<_>>())? + "\n"
        }
        ListFormat::Text if tokens.is_empty() => "no tokens yet; try: earshot token create NAME\n".to_owned(),
        ListFormat::Text => {
            let mut table = terminal::table(false);
            table.set_header(["NAME", "SCOPE", "STATE", "MADE (UTC)", "UNTIL (UTC)", "LAST USED (UTC)"]);
            for token in &tokens {
                let used = token.used_at.map_or("never".to_owned(), minute);
                let row = [&token.name, &token.scope, state(token, now), &minute(token.created_at), &end(token), &used];
                table.add_row(row);
            }
            format!("{table}\n")
        }
    };
    terminal::print(&text)?;
    Ok(Exit::Done)
}

async fn revoke(store: &Store, name: &str) -> Result<Exit> {
    let tokens = store.tokens().await?;
    let named: Vec<_> = tokens.into_iter().filter(|token| token.name == name && !token.revoked).collect();
    if named.is_empty() {
        eprintln!("error: there is no token '{name}' that is not revoked; `earshot token list` names them");
        return Ok(Exit::NothingToDo);
    }
    for token in named {
        store.put_token(&TokenRecord { revoked: true, ..token }).await?;
    }
    eprintln!("token '{name}' counts no more");
    Ok(Exit::Done)
}

fn counts(token: &TokenRecord, now: Timestamp) -> bool {
    !token.revoked && token.expires_at.is_none_or(|end| now < end)
}

fn state(token: &TokenRecord, now: Timestamp) -> &'static str {
    match token.revoked {
        true => "revoked",
        false if counts(token, now) => "counts",
        false => "expired",
    }
}

fn end(token: &TokenRecord) -> String {
    token.expires_at.map_or("never".to_owned(), minute)
}

fn until(token: &TokenRecord) -> String {
    token.expires_at.map_or("for ever".to_owned(), |end| format!("until {} UTC", minute(end)))
}

fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M").to_string()
}
