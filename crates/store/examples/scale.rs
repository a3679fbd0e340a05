//! tmp
use std::time::Instant;
#[path = "../tests/it/make.rs"]
#[allow(dead_code)]
mod make;
use earshot_local::*;
use earshot_model::*;
use earshot_store::*;
#[tokio::main]
async fn main() {
    let dir = tempfile::tempdir().unwrap();
    let exe = std::env::current_exe().unwrap().with_file_name("store-engine");
    let library = parts::find(Part::Clickhouse, None).unwrap().path;
    let t = Instant::now();
    let engine = Engine::start(&EngineCommand { exe, args: vec![] }, EngineOptions { library, dir: dir.path().into(), port: None }).await.unwrap();
    println!("start {:?}", t.elapsed());
    let store = Store::connect(StoreConfig { url: engine.url(), database: "earshot".into(), user: "earshot".into(), password: engine.password().into() });
    let t = Instant::now();
    store.migrate().await.unwrap();
    println!("migrate {:?}", t.elapsed());
    let run = make::run(1000);
    store.put_run(&run).await.unwrap();
    let names: Vec<String> = (0..40).map(|i| format!("vendor{i}")).collect();
    let vendors: Vec<_> = names.iter().map(|n| (n.as_str(), Exposure::Tracker, 5.0)).collect();
    let t = Instant::now();
    let batch: usize = std::env::args().nth(1).unwrap().parse().unwrap();
    let mut n = 0; let mut worst = std::time::Duration::ZERO;
    for b in 0..(3000 / batch) {
        let visits: Vec<_> = (0..batch).map(|i| make::visit(run.id, &format!("https://site{}.test/{}", (b * batch + i) / 3, i), Outcome::of_status(200), &vendors)).collect();
        let u = Instant::now();
        store.put_visits(&visits).await.unwrap();
        worst = worst.max(u.elapsed());
        n += batch;
    }
    println!("{n} visits in batches of {batch}: {:?}, worst batch {worst:?}", t.elapsed());
    for _ in 0..2 {
        let t = Instant::now();
        println!("{:?} {:?}", store.progress(run.id).await.unwrap(), t.elapsed());
    }
    let t = Instant::now();
    println!("exposure {} {:?}", store.exposure(run.id).await.unwrap().len(), t.elapsed());
    let t = Instant::now();
    println!("sites {} {:?}", store.sites(run.id).unwrap().all().await.unwrap().len(), t.elapsed());
    let t = Instant::now();
    println!("findings {} {:?}", store.findings(run.id).unwrap().all().await.unwrap().len(), t.elapsed());
    let status = std::fs::read_to_string(format!("/proc/{}/status", engine.pid())).unwrap();
    println!("{:?}", status.lines().filter(|l| l.starts_with("VmHWM") || l.starts_with("VmRSS") || l.starts_with("Threads")).collect::<Vec<_>>());
    let t = Instant::now();
    println!("stop {:?} {:?}", engine.stop().await.to_string(), t.elapsed());
}
