//! What somebody could do to an archive who knows its form.

use earshot_evidence::SigningKey;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// Names and contents of an archive's files.
pub type Files = Vec<(String, Vec<u8>)>;

pub fn position(files: &Files, end: &str) -> usize {
    files.iter().position(|(name, _)| name.ends_with(end)).unwrap()
}

pub fn json(files: &Files, at: usize) -> Value {
    serde_json::from_slice(&files[at].1).unwrap()
}

pub fn put(files: &mut Files, at: usize, value: &Value) {
    files[at].1 = serde_json::to_vec_pretty(value).unwrap();
    files[at].1.push(b'\n');
}

/// Somebody else signs a file as it is now.
pub fn sign(files: &mut Files, at: usize, key: &SigningKey) {
    let mut text = json(files, at);
    text["public_key"] = key.public().hex().into();
    put(files, at, &text);
    let (name, signature) = (files[at].0.replace(".json", ".sig"), key.sign(&files[at].1));
    let beside = position(files, &name);
    files[beside].1 = signature.to_vec();
}

pub fn sha256(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
}

/// What somebody hands on who signs everything anew.
pub fn forged(files: &Files, key: &SigningKey) -> Files {
    let mut forged = files.clone();
    let manifests: Vec<usize> = (0..forged.len()).filter(|at| forged[*at].0.ends_with("manifest.json")).collect();
    manifests.iter().for_each(|at| sign(&mut forged, *at, key));
    let at = position(&forged, "chain.json");
    let mut chain = json(&forged, at);
    let mut last = data_encoding::HEXLOWER.decode(chain["first"].as_str().unwrap().as_bytes()).unwrap();
    for link in chain["links"].as_array_mut().unwrap() {
        let visit = link["visit"].as_str().unwrap();
        let manifest = forged.iter().find(|(name, _)| name.ends_with(&format!("{visit}/manifest.json"))).unwrap();
        let hash = Sha256::digest(&manifest.1);
        last = Sha256::digest([last.as_slice(), &hash].concat()).to_vec();
        link["manifest"] = sha256(&manifest.1).into();
        link["link"] = data_encoding::HEXLOWER.encode(&last).into();
    }
    chain["head"] = data_encoding::HEXLOWER.encode(&last).into();
    put(&mut forged, at, &chain);
    sign(&mut forged, at, key);
    let at = position(&forged, "bundle.json");
    let mut contents = json(&forged, at);
    for file in contents["files"].as_array_mut().unwrap() {
        let name = file["name"].as_str().unwrap().to_owned();
        let bytes = &forged.iter().find(|(known, _)| *known == name).unwrap().1;
        file["sha256"] = sha256(bytes).into();
        file["bytes"] = bytes.len().into();
    }
    put(&mut forged, at, &contents);
    forged
}
