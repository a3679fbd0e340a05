//! What proves a run: exported by site and by finding, checked without any service, changed, and kept in S3.

use std::{
    io::Read as _,
    net::SocketAddr,
    path::Path,
    process::{Command, Output},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use earshot_bus::{Bus, BusConfig};
use earshot_model::{Canary, FieldKind, RunId, VisitId};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use serde_json::Value;

use super::{
    earshot::{Earshot, Piped as _, bare, finish, json, talk, until},
    roles::{stopped_well, visit},
};

/// A page whose script sends what is typed, packed (gzip) and as it is, to many parties.
const HEARD: &str = "https://matrix.test/gzip";

/// Access to the server in these tests.
const S3_KEY: (&str, &str) = ("AKTEST", "hunter2hunter2");

#[test]
fn what_was_found_is_proved_by_a_file_that_can_be_handed_on() {
    let earshot = Earshot::new();
    let mut scan = earshot.scan(&[HEARD, "https://clean.test/?x", "--format", "json"]);
    let output = finish(scan.env("EARSHOT_TYPING__ENABLED", "true").spawn_piped());
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
    let report = json(&output);
    let run = report["run"]["id"].as_str().unwrap();
    let file = |name: &str| earshot.dir().join(name).to_str().unwrap().to_owned();

    let (all, site) = (file("all.zip"), file("site.zip"));
    export(&earshot, &["last", "-o", &all]);
    let checked = json(&check(&[&all, "--format", "json"], 0));
    assert_eq!((&checked["checked"]["visits"], &checked["checked"]["runs"][0]["visits"]), (&2.into(), &2.into()));
    assert_eq!(checked["checked"]["runs"][0]["run"], run);
    // Whose key it was is for whoever has its public half to say.
    let public = earshot.dir().join("data/evidence-key.pub");
    assert!(talk(&check(&[&all, "--key", public.to_str().unwrap()], 0)).contains("by the key that you gave"));
    assert!(talk(&check(&[&all, "--key", &"ab".repeat(32)], 11)).contains("not the key that you gave"));

    export(&earshot, &["matrix.test", "-o", &site]);
    let checked = talk(&check(&[&site], 0));
    assert!(checked.contains("sealed with 2 visits, 1 of them here"), "{checked}");
    a_finding_has_its_bytes(&earshot, &report, &file("finding.zip"));
    a_flipped_bit_is_named(&site);
    what_is_not_there_is_not_exported(&earshot);
}

fn export(earshot: &Earshot, arguments: &[&str]) {
    let output = finish(earshot.command(&[&["evidence", "export"], arguments].concat()).spawn_piped());
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
}

/// With nothing around it: no data directory, no services, no configuration.
fn check(arguments: &[&str], code: i32) -> Output {
    let output = finish(bare().args(["evidence", "check"]).args(arguments).env_clear().spawn_piped());
    assert_eq!(output.status.code(), Some(code), "{}", talk(&output));
    output
}

fn read(archive: &str, end: &str) -> (String, Vec<u8>) {
    let mut zip = zip::ZipArchive::new(std::fs::File::open(archive).unwrap()).unwrap();
    let names: Vec<_> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    let name = names.into_iter().find(|name| name.ends_with(end)).unwrap();
    let mut bytes = Vec::new();
    zip.by_name(&name).unwrap().read_to_end(&mut bytes).unwrap();
    (name, bytes)
}

/// What was typed can be seen where it stood, packed as it was sent and unpacked.
fn a_finding_has_its_bytes(earshot: &Earshot, report: &Value, archive: &str) {
    let pages = report["pages"].as_array().unwrap();
    let page = pages.iter().find(|page| page["url"] == HEARD).unwrap();
    let findings = page["findings"].as_array().unwrap();
    let heard = |finding: &&Value| finding["rule"] == "keystrokes" && finding["vendor"] == "sink-fetch.test";
    let finding = findings.iter().find(heard).unwrap();
    export(earshot, &[&finding["id"].as_str().unwrap()[..18], "-o", archive]);
    check(&[archive], 0);

    let visit: VisitId = page["visit"].as_str().unwrap().parse().unwrap();
    let canary = Canary::derive(visit, 0, FieldKind::Email);
    let kept: Value = serde_json::from_slice(&read(archive, "findings.json").1).unwrap();
    let kept = kept["findings"].as_array().unwrap().iter().find(|kept| kept["id"] == finding["id"]).unwrap();
    let shown = &kept["excerpts"][0];
    assert!(shown["chain"].as_array().unwrap().contains(&"gzip".into()), "{shown:#}");
    assert!(shown["unpacked"]["text"].as_str().unwrap().contains(canary.text()), "{shown:#}");
    // The same bytes stand in the event that it names.
    let (_, events) = read(archive, "events.ndjson");
    let event =
        String::from_utf8(events).unwrap().lines().nth(shown["event"].as_u64().unwrap() as usize).unwrap().to_owned();
    let event: Value = serde_json::from_str(&event).unwrap();
    assert_eq!((&event["seq"], &shown["part"]), (&shown["event"], &"body".into()));
    let body = BASE64_STANDARD.decode(event["fact"]["body"]["excerpt"].as_str().unwrap()).unwrap();
    let (from, to) = (shown["sent"]["from"].as_u64().unwrap() as usize, shown["sent"]["to"].as_u64().unwrap() as usize);
    assert_eq!(BASE64_STANDARD.decode(shown["sent"]["base64"].as_str().unwrap()).unwrap(), body[from..to]);
    assert!(read(archive, ".jpg").1.starts_with(&[0xff, 0xd8, 0xff]), "a JPEG");
}

/// Of everything that was heard on a run, the bytes are there: as they were sent, and what was in them.
pub fn every_leak_has_its_bytes(earshot: &Earshot) {
    let archive = earshot.dir().join("last.zip").to_str().unwrap().to_owned();
    export(earshot, &["last", "-o", &archive]);
    check(&[&archive], 0);
    let mut zip = zip::ZipArchive::new(std::fs::File::open(&archive).unwrap()).unwrap();
    let (mut sent, mut unpacked) = (0, 0);
    for index in 0..zip.len() {
        let entry = zip.by_index(index).unwrap();
        if !entry.name().unwrap().ends_with("findings.json") {
            continue;
        }
        let kept: Value = serde_json::from_reader(entry).unwrap();
        let findings = kept["findings"].as_array().unwrap().iter();
        for shown in findings.flat_map(|finding| finding["excerpts"].as_array().unwrap()) {
            assert!(!shown["sent"].is_null(), "{shown:#}");
            sent += 1;
            unpacked += usize::from(!shown["unpacked"].is_null());
        }
    }
    assert!(sent > 500 && unpacked * 10 > sent * 9, "{unpacked} of {sent} excerpts show what was in them");
}

fn a_flipped_bit_is_named(archive: &str) {
    let (name, content) = read(archive, "manifest.sig");
    let mut bytes = std::fs::read(archive).unwrap();
    let at = bytes.windows(content.len()).position(|window| window == content).unwrap_or(bytes.len() / 2);
    bytes[at] ^= 1;
    std::fs::write(archive, &bytes).unwrap();
    let told = talk(&check(&[archive], 11));
    assert!(told.contains(name.trim_end_matches("sig")) && told.contains("It does not hold."), "{told}");
    std::fs::write(archive, "garbage").unwrap();
    check(&[archive], 11);
    std::fs::remove_file(archive).unwrap();
    check(&[archive], 1);
}

fn what_is_not_there_is_not_exported(earshot: &Earshot) {
    let file = earshot.dir().join("none.zip");
    for subject in ["nobody.test", "00000000-0000", "01JD7Z4M9Q8X5V3T2R1P0N6K7H"] {
        let arguments = ["evidence", "export", subject, "-o", file.to_str().unwrap()];
        let output = finish(earshot.command(&arguments).spawn_piped());
        assert_eq!(output.status.code(), Some(1), "{}", talk(&output));
        assert!(!file.exists());
    }
    let output = finish(earshot.command(&["evidence", "keygen"]).spawn_piped());
    assert_eq!(output.status.code(), Some(1), "the key that has signed is not replaced: {}", talk(&output));
}

/// A visit is recorded with its evidence, or not yet.
#[test]
fn a_visit_waits_until_its_evidence_can_be_kept() {
    let earshot = Earshot::new();
    let up = earshot.command(&["up"]).spawn_piped();
    until("up answers", || {
        earshot.dir().join("data/services.json").exists()
            && finish(earshot.command(&["sql", "SELECT 1"]).spawn_piped()).status.success()
    });
    let services: Value =
        serde_json::from_slice(&std::fs::read(earshot.dir().join("data/services.json")).unwrap()).unwrap();
    let (here, away) = (RunId::new(), RunId::new());
    // No folder can be made where a file lies.
    let in_the_way = earshot.dir().join("data/evidence").join(away.to_string());
    std::fs::write(&in_the_way, "").unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let publish = |run| {
        runtime.block_on(async {
            let bus = Bus::connect(BusConfig::at(services["nats"].as_str().unwrap())).await.unwrap();
            bus.publish_visit(&visit(run, "https://shop.test/", "a.test")).await.unwrap();
        });
    };
    let recorded = |run: RunId| earshot.sql(&format!("SELECT evidence FROM visits FINAL WHERE run_id = '{run}'"));
    publish(away);
    publish(here);
    until("the other visit is recorded", || !recorded(here).is_empty());
    assert_eq!(recorded(away), "", "there is no evidence of it");
    std::fs::remove_file(&in_the_way).unwrap();
    until("it is recorded once its evidence can be kept", || !recorded(away).is_empty());
    assert!(earshot.dir().join("data/evidence").join(recorded(away)).is_file());
    stopped_well(up);
}

#[test]
fn evidence_is_kept_in_s3_and_signed_by_a_key_of_the_environment() {
    let earshot = Earshot::new();
    let bucket = earshot.dir().join("s3");
    std::fs::create_dir_all(bucket.join("proofs")).unwrap();
    let (_runtime, address) = serve_s3(&bucket);
    let key = earshot.dir().join("fleet.pem");
    let made = finish(bare().args(["evidence", "keygen", "-o"]).arg(&key).spawn_piped());
    let fingerprint = String::from_utf8(made.stdout.clone()).unwrap();
    assert_eq!((made.status.code(), fingerprint.trim().len()), (Some(0), 64), "{}", talk(&made));
    let pem = std::fs::read_to_string(&key).unwrap();
    let with_s3 = |command: &mut Command| {
        command.env("EARSHOT_EVIDENCE__STORE", "s3://proofs/earshot").env("EARSHOT_EVIDENCE__KEY_PEM", &pem);
        command.env("AWS_ENDPOINT_URL", format!("http://{address}")).env("AWS_ALLOW_HTTP", "true");
        command.env("AWS_ACCESS_KEY_ID", S3_KEY.0).env("AWS_SECRET_ACCESS_KEY", S3_KEY.1);
        finish(command.env("EARSHOT_LOG", "debug").spawn_piped())
    };
    let output = with_s3(&mut earshot.scan(&["https://clean.test/?x", "--format", "json"]));
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
    let secret = pem.lines().nth(1).unwrap();
    assert!(!talk(&output).contains(secret) && !talk(&output).contains(S3_KEY.1), "a secret was printed");
    let manifest = json(&output)["pages"][0]["provenance"]["evidence"].as_str().unwrap().to_owned();
    assert!(bucket.join("proofs/earshot").join(&manifest).is_file(), "{manifest}");
    assert_eq!(std::fs::read_dir(earshot.dir().join("data/evidence")).unwrap().count(), 0);
    assert!(!earshot.dir().join("data/evidence-key.pem").exists(), "no key is made that is not used");

    let archive = earshot.dir().join("s3.zip").to_str().unwrap().to_owned();
    let output = with_s3(&mut earshot.command(&["evidence", "export", "clean.test", "-o", &archive]));
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
    check(&[&archive, "--key", fingerprint.trim()], 0);
}

/// A real S3 server on loopback, for as long as the runtime lives.
fn serve_s3(root: &Path) -> (tokio::runtime::Runtime, SocketAddr) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let mut service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(root).unwrap());
    service.set_auth(SimpleAuth::from_single(S3_KEY.0, S3_KEY.1));
    let service = service.build().into_shared();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    runtime.spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let service = service.clone();
            let serve = async move {
                auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(socket), service).await
            };
            tokio::spawn(serve);
        }
    });
    (runtime, address)
}
