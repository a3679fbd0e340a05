//! Recorded visits: what browsers put on the bus when they opened the laboratory's pages.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
};

use earshot_model::{PageTask, PageUrl, Profile, Visit, wire};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};

use crate::Failed;

/// Messages as they go over the bus, each behind its length (32 bits, little-endian), and all of them packed (gzip).
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../benches/replay/visits.bin.gz");
/// What a bundle calls the message that it was made of.
const FACTS: &str = "facts.pb.gz";

/// Visits by what was opened and how.
pub struct Tape(BTreeMap<(PageUrl, Profile), Visit>);

impl Tape {
    /// The visits that lie beside this file.
    pub fn open() -> Result<Self, Failed> {
        let mut bytes = Vec::new();
        GzDecoder::new(File::open(FILE)?).read_to_end(&mut bytes)?;
        let (mut rest, mut visits) = (bytes.as_slice(), BTreeMap::new());
        while let Some((length, behind)) = rest.split_first_chunk() {
            let length = u32::from_le_bytes(*length) as usize;
            let (message, behind) = behind.split_at_checked(length).ok_or("the tape ends within a visit")?;
            let visit: Visit = wire::decode(message)?;
            visits.insert((visit.task.page.clone(), visit.task.profile), visit);
            rest = behind;
        }
        Ok(Self(visits))
    }

    /// Writes it anew, of the evidence that lies in these folders.
    pub fn gather(folders: &str) -> Result<usize, Failed> {
        let mut visits = BTreeMap::new();
        for folder in folders.split(',') {
            for file in facts(Path::new(folder))? {
                let mut message = Vec::new();
                GzDecoder::new(File::open(&file)?).read_to_end(&mut message)?;
                let task = wire::decode::<Visit>(&message)?.task;
                visits.entry((task.page, task.profile)).or_insert(message);
            }
        }
        let mut tape = GzEncoder::new(File::create(FILE)?, Compression::best());
        for message in visits.values() {
            tape.write_all(&u32::try_from(message.len())?.to_le_bytes())?;
            tape.write_all(message)?;
        }
        tape.finish()?;
        Ok(visits.len())
    }

    pub fn visits(&self) -> impl Iterator<Item = &Visit> {
        self.0.values()
    }

    /// What was recorded of the page of a task, as if it had been seen for this task. What was typed there bears the marks of
    /// the recorded visit: it is looked for as ever, and heard by nobody.
    pub fn visit(&self, task: &PageTask) -> Result<Visit, Failed> {
        let recorded = self.0.get(&(task.page.clone(), task.profile)).ok_or("no such page was recorded")?;
        Ok(Visit { task: task.clone(), ..recorded.clone() })
    }

    /// Each page once in each round, as visits of one run: those of one site do not follow upon one another.
    pub fn tasks(&self, rounds: u32) -> impl Iterator<Item = PageTask> {
        let mut nth = BTreeMap::<_, usize>::new();
        let mut tasks: Vec<(usize, &PageTask)> = Vec::new();
        for visit in self.visits() {
            let seen = nth.entry(visit.task.site()).or_default();
            tasks.push((*seen, &visit.task));
            *seen += 1;
        }
        tasks.sort_by_key(|(nth, _)| *nth);
        let run = tasks.first().map(|(_, task)| task.run);
        (0..rounds).flat_map(move |repetition| {
            let task = move |task: &PageTask| PageTask { run: run.unwrap_or(task.run), repetition, ..task.clone() };
            tasks.clone().into_iter().map(move |(_, of)| task(of))
        })
    }
}

fn facts(folder: &Path) -> Result<Vec<PathBuf>, Failed> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(facts(&path)?);
        } else if path.ends_with(FACTS) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
