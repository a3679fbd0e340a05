//! `earshot rules`: to which legal theories findings may relate.

use std::fmt::Write as _;

use anyhow::{Result, bail};
use earshot_detect::rules::{Pack, Packs};
use earshot_report::NOTICE;

use crate::{
    cli::{ListFormat, Rules, RulesCommand},
    exit::Exit,
    terminal,
};

pub(super) fn run(rules: &Rules) -> Result<Exit> {
    let packs = Packs::built_in()?;
    let text = match &rules.command {
        RulesCommand::List { format: ListFormat::Json } => serde_json::to_string_pretty(packs.all())? + "\n",
        RulesCommand::List { format: ListFormat::Text } => list(packs.all()),
        RulesCommand::Show { id, format } => {
            let Some(pack) = packs.get(id) else {
                let known: Vec<_> = packs.all().iter().map(|pack| pack.id.as_str()).collect();
                bail!("'{id}' is no rule pack; there are: {}", known.join(", "));
            };
            match format {
                ListFormat::Json => serde_json::to_string_pretty(pack)? + "\n",
                ListFormat::Text => show(pack),
            }
        }
    };
    terminal::print(&text)?;
    Ok(Exit::Done)
}

fn list(packs: &[Pack]) -> String {
    let mut table = terminal::table(false);
    table.set_header(["ID", "NAME", "WHERE", "LAW"]);
    for pack in packs {
        table.add_row([&pack.id, &pack.name, &pack.jurisdiction, &pack.law]);
    }
    format!("{table}\n{NOTICE}\n")
}

fn show(pack: &Pack) -> String {
    let mut text = format!("{}: {}\n{} ({})\n", pack.id, pack.name, pack.law, pack.jurisdiction);
    let _ = writeln!(text, "\nWhat may be argued\n  {}", pack.theory);
    let _ = writeln!(text, "\nWhat stands against it, and what cannot be seen\n  {}", pack.limits);
    let _ = writeln!(text, "\nSources");
    for source in &pack.sources {
        let _ = writeln!(text, "  {} ({})\n    {}", source.title, source.date, source.url);
    }
    let _ = writeln!(text, "\n{NOTICE}");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pack_is_told_with_what_stands_against_it_and_its_sources() {
        let packs = Packs::built_in().unwrap();
        for pack in packs.all() {
            let text = show(pack);
            assert!(text.contains(&pack.limits) && text.contains(&pack.sources[0].url), "{text}");
            assert!(text.contains("not legal advice"), "{text}");
        }
        assert!(list(packs.all()).contains("cipa-631"));
    }
}
