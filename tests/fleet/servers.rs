//! The services of a fleet: a NATS cluster with a node on each host, and one store.

use std::{fs, net::IpAddr, path::Path, process::Command};

use earshot_local::{Part, parts};

use super::{disk::Disk, net::Net, process::Process};

/// The one user of bus and store.
pub const USER: &str = "fleet";
/// Their password.
pub const PASSWORD: &str = "only-here";
/// Megabytes of the disk of the one node that has a small one.
const NODE_DISK: u32 = 256;
/// Megabytes of the store's disk.
const STORE_DISK: u32 = 1024;

/// NATS and ClickHouse.
pub struct Servers {
    /// A node on each host.
    pub nats: [Process; 3],
    /// Disk of the last node.
    pub node_disk: Disk,
    /// The engine as a server.
    pub engine: Process,
    /// Its disk.
    pub store_disk: Disk,
    /// Addresses of the nodes, as `--nats` takes them.
    pub nats_url: String,
    /// Address of the store.
    pub clickhouse_url: String,
}

impl Servers {
    pub fn start(net: &Net, dir: &Path, logs: &Path) -> Self {
        // On loopback all have one address: the ports tell them apart.
        let ports: Vec<(u16, u16)> =
            net.hosts.iter().map(|host| (free_port(host.ip, net), free_port(host.ip, net))).collect();
        let address = |index: usize, port: u16| format!("{}:{port}", net.hosts[index].ip);
        let routes: Vec<String> = (0..3).map(|index| format!("nats://{}", address(index, ports[index].1))).collect();
        let node_disk = Disk::new(dir.join("nats-c"), NODE_DISK);
        let program = parts::find(Part::Nats, None).unwrap().path;
        let nats = [0, 1, 2].map(|index| {
            let host = &net.hosts[index];
            let (clients, cluster) = (address(index, ports[index].0), address(index, ports[index].1));
            let store = dir.join(format!("nats-{}", host.name));
            fs::create_dir_all(&store).unwrap();
            let config = dir.join(format!("nats-{}.conf", host.name));
            let text = node(host.name, &clients, &cluster, &store, &routes);
            fs::write(&config, text).unwrap();
            let program = program.clone();
            Process::new(&format!("nats-{}", host.name), host, logs, move || {
                let mut command = Command::new(&program);
                command.arg("--config").arg(&config);
                command
            })
        });
        let store_disk = Disk::new(dir.join("clickhouse"), STORE_DISK);
        let listen = address(1, free_port(net.hosts[1].ip, net));
        let engine = engine(net, logs, &store_disk, &listen);
        let of_nats: Vec<String> =
            (0..3).map(|index| format!("nats://{USER}:{PASSWORD}@{}", address(index, ports[index].0))).collect();
        let (nats_url, clickhouse_url) = (of_nats.join(","), format!("http://{listen}"));
        let mut servers = Self { nats, node_disk, engine, store_disk, nats_url, clickhouse_url };
        servers.nats.iter_mut().for_each(Process::start);
        servers.engine.start();
        servers
    }
}

/// A node's configuration file.
fn node(name: &str, clients: &str, cluster: &str, store: &Path, routes: &[String]) -> String {
    format!(
        "server_name: {name}\n\
         listen: \"{clients}\"\n\
         max_payload: 8388608\n\
         jetstream {{ store_dir: \"{}\" }}\n\
         cluster {{ name: earshot, listen: \"{cluster}\", routes: [{}] }}\n\
         authorization {{ user: {USER}, password: \"{PASSWORD}\" }}\n",
        store.display(),
        routes.iter().map(|route| format!("\"{route}\"")).collect::<Vec<_>>().join(", "),
    )
}

/// The hidden command by which the program serves the engine is told on standard input where it is to listen.
fn engine(net: &Net, logs: &Path, disk: &Disk, listen: &str) -> Process {
    let library = parts::find(Part::Clickhouse, None).unwrap().path;
    let data = disk.path().join("data");
    fs::create_dir_all(&data).unwrap();
    let errand = serde_json::json!({
        "serve": { "library": library, "data": data, "listen": listen, "user": USER, "password": PASSWORD }
    });
    let make = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_earshot"));
        command.arg("engine");
        command
    };
    Process::new("engine", &net.hosts[1], logs, make).told(format!("{errand}\n").into_bytes())
}

/// In a namespace every port is free; on loopback the system knows one.
fn free_port(ip: IpAddr, net: &Net) -> u16 {
    static NEXT: std::sync::atomic::AtomicU16 = std::sync::atomic::AtomicU16::new(4222);
    if net.has_cables() {
        return NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    }
    std::net::TcpListener::bind((ip, 0)).unwrap().local_addr().unwrap().port()
}
