//! A bundle: the files of one visit, packed and hashed, before there is a manifest.

use std::io::{self, BufWriter, Write};

use earshot_model::{Finding, Gap, Picture, Visit, wire};
use flate2::{Compression, write::GzEncoder};
use serde::Serialize;

use crate::{
    about::About,
    findings::Findings,
    hash::{self, Hashing},
    manifest::{FileEntry, Manifest},
    network::Network,
};

/// A visit and what was concluded from it.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// What was seen.
    pub visit: &'a Visit,
    /// What was concluded.
    pub findings: &'a [Finding],
    /// Gaps that only judging showed.
    pub gaps_added: &'a [Gap],
    /// Whose each event is, in their order: catalogue ids or registrable domains. May be shorter.
    pub vendors: &'a [Option<String>],
    /// Version of catalogue and rules.
    pub ruleset: &'a str,
}

/// The files of one visit.
pub struct Bundle {
    /// Without pictures and key.
    pub(crate) manifest: Manifest,
    pub(crate) files: Vec<Packed>,
    pub(crate) pictures: Vec<Picture>,
}

/// One file, packed (gzip). The same content is always packed the same.
pub(crate) struct Packed {
    pub name: &'static str,
    pub gzip: Vec<u8>,
}

impl Bundle {
    /// Name of the file that holds the visit in its wire form ([`earshot_model::wire`]).
    pub const FACTS: &str = "facts.pb";
    /// Name of the file that holds [`About`].
    pub const ABOUT: &str = "visit.json";

    /// Writes all files of a visit. It packs some megabytes: work for a thread that nobody waits on.
    ///
    /// # Panics
    /// Never: writing to memory does not fail, and all keys of the JSON are texts.
    #[must_use]
    pub fn of(case: &Case<'_>) -> Self {
        let (visit, task) = (case.visit, &case.visit.task);
        let (mut files, mut entries) = (Vec::new(), Vec::new());
        let mut add = |name: &'static str, write: &dyn Fn(&mut dyn Write) -> io::Result<()>| {
            let (file, entry) = pack(name, write).expect("memory takes what is written, and keys are texts");
            files.push(file);
            entries.push(entry);
        };
        add(Self::ABOUT, &|to| json(to, &About::of(case)));
        add("findings.json", &|to| json(to, &Findings::of(case)));
        add("events.ndjson", &|to| lines(to, &visit.events));
        add("network.har", &|to| json(to, &Network::of(case)));
        add(Self::FACTS, &|to| to.write_all(&wire::encode(visit)));
        let manifest = Manifest {
            schema: Manifest::SCHEMA.to_owned(),
            run: task.run,
            visit: visit.id(),
            page: task.page.clone(),
            profile: task.profile,
            repetition: task.repetition,
            started_at: visit.started_at,
            earshot: env!("CARGO_PKG_VERSION").to_owned(),
            ruleset: case.ruleset.to_owned(),
            files: entries,
            absent: Vec::new(),
            public_key: String::new(),
        };
        Self { manifest, files, pictures: visit.pictures.clone() }
    }
}

fn pack(name: &'static str, write: &dyn Fn(&mut dyn Write) -> io::Result<()>) -> io::Result<(Packed, FileEntry)> {
    // Packing harder was a quarter of all the work of a recorder.
    let mut packing = BufWriter::new(Hashing::new(GzEncoder::new(Vec::new(), Compression::fast())));
    write(&mut packing)?;
    let (gzip, bytes, hash) = packing.into_inner()?.finish();
    let entry = FileEntry { name: name.to_owned(), bytes, sha256: hash::hex(&hash) };
    Ok((Packed { name, gzip: gzip.finish()? }, entry))
}

fn json(mut to: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut to, value)?;
    to.write_all(b"\n")
}

fn lines(mut to: &mut dyn Write, values: &[impl Serialize]) -> io::Result<()> {
    for value in values {
        serde_json::to_writer(&mut to, value)?;
        to.write_all(b"\n")?;
    }
    Ok(())
}
