//! Three hosts on one network: namespaces joined by a bridge. Where namespaces are not permitted, three groups of processes
//! on loopback.

use std::{
    fs::File,
    net::{IpAddr, Ipv4Addr},
    path::Path,
    process::Command,
    sync::Arc,
};

use nix::sched::{CloneFlags, setns};

use super::disk;

/// What every namespace of ours begins with; the pid of its test follows.
pub const PREFIX: &str = "earshot-fleet";
/// Where `ip netns` keeps the namespaces.
const NAMESPACES: &str = "/run/netns";

/// A network with three hosts.
pub struct Net {
    /// Where the web, the operator and the tests themselves are.
    pub desk: Host,
    /// The machines of the fleet.
    pub hosts: [Host; 3],
    /// `None` on loopback.
    prefix: Option<String>,
}

/// One host.
#[derive(Clone, Debug)]
pub struct Host {
    /// What it is called.
    pub name: &'static str,
    /// Its address.
    pub ip: IpAddr,
    /// Its namespace; `None` on loopback.
    space: Option<Arc<File>>,
}

impl Net {
    /// Makes the network, after what dead tests have left of theirs is gone.
    pub fn new() -> Self {
        reap();
        let prefix = format!("{PREFIX}-{}", std::process::id());
        match Self::of_namespaces(&prefix) {
            Ok(net) => net,
            Err(error) => {
                remove(&prefix);
                eprintln!(
                    "fleet: no network namespaces here ({error}): the hosts are processes on loopback, and none is cut off"
                );
                let host = |name| Host { name, ip: Ipv4Addr::LOCALHOST.into(), space: None };
                Self { desk: host("desk"), hosts: ["a", "b", "c"].map(host), prefix: None }
            }
        }
    }

    fn of_namespaces(prefix: &str) -> Result<Self, String> {
        let desk = format!("{prefix}-desk");
        ip(&["netns", "add", &desk])?;
        let on_desk = |arguments: &[&str]| ip(&[&["-n", &desk], arguments].concat());
        on_desk(&["link", "set", "lo", "up"])?;
        on_desk(&["link", "add", "lan", "type", "bridge"])?;
        on_desk(&["addr", "add", "10.77.0.1/24", "dev", "lan"])?;
        on_desk(&["link", "set", "lan", "up"])?;
        let mut hosts = Vec::new();
        for (name, last) in [("a", 11), ("b", 12), ("c", 13)] {
            let space = format!("{prefix}-{name}");
            let address = Ipv4Addr::new(10, 77, 0, last);
            ip(&["netns", "add", &space])?;
            let cable = cable(name);
            on_desk(&["link", "add", "name", &cable, "type", "veth", "peer", "name", "eth0", "netns", &space])?;
            on_desk(&["link", "set", &cable, "master", "lan"])?;
            on_desk(&["link", "set", &cable, "up"])?;
            ip(&["-n", &space, "link", "set", "lo", "up"])?;
            ip(&["-n", &space, "addr", "add", &format!("{address}/24"), "dev", "eth0"])?;
            ip(&["-n", &space, "link", "set", "eth0", "up"])?;
            hosts.push(Host::within(name, address, &space)?);
        }
        let desk = Host::within("desk", Ipv4Addr::new(10, 77, 0, 1), &desk)?;
        let hosts = hosts.try_into().map_err(|_| "three hosts".to_owned())?;
        Ok(Self { desk, hosts, prefix: Some(prefix.to_owned()) })
    }

    /// Whether hosts can be cut off.
    pub fn has_cables(&self) -> bool {
        self.prefix.is_some()
    }

    /// Cuts a host off, or plugs it in again.
    pub fn plug(&self, host: &Host, plugged: bool) {
        let Some(prefix) = &self.prefix else { return };
        let state = if plugged { "up" } else { "down" };
        ip(&["-n", &format!("{prefix}-desk"), "link", "set", &cable(host.name), state]).unwrap();
    }
}

impl Drop for Net {
    fn drop(&mut self) {
        if let Some(prefix) = &self.prefix {
            remove(prefix);
        }
    }
}

impl Host {
    fn within(name: &'static str, address: Ipv4Addr, space: &str) -> Result<Self, String> {
        let file = File::open(Path::new(NAMESPACES).join(space)).map_err(|error| format!("{space}: {error}"))?;
        Ok(Self { name, ip: address.into(), space: Some(Arc::new(file)) })
    }

    /// The thread that calls this, and what it starts, is on this host from now on.
    pub fn enter(&self) -> std::io::Result<()> {
        match &self.space {
            Some(space) => Ok(setns(space, CloneFlags::CLONE_NEWNET)?),
            None => Ok(()),
        }
    }
}

/// The desk's end of what joins a host to the network.
fn cable(host: &str) -> String {
    format!("to-{host}")
}

/// Removes what tests have left behind that were killed.
fn reap() {
    for entry in std::fs::read_dir(NAMESPACES).into_iter().flatten().flatten() {
        if let Some(pid) = dead_owner(&entry.path()) {
            remove(&format!("{PREFIX}-{pid}"));
        }
    }
    disk::reap(|path| path.ancestors().any(|folder| dead_owner(folder).is_some()));
    for entry in std::fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten() {
        if dead_owner(&entry.path()).is_some() {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// The pid of the test that made something of this name, if it is dead.
fn dead_owner(path: &Path) -> Option<u32> {
    let rest = path.file_name()?.to_str()?.strip_prefix(PREFIX)?.strip_prefix('-')?;
    let pid = rest.split('-').next()?.parse().ok()?;
    (!Path::new(&format!("/proc/{pid}")).exists()).then_some(pid)
}

fn remove(prefix: &str) {
    for name in ["a", "b", "c", "desk"] {
        let space = format!("{prefix}-{name}");
        if Path::new(NAMESPACES).join(&space).exists() {
            let _ = ip(&["netns", "del", &space]);
        }
    }
}

/// `ip ARGUMENTS`.
fn ip(arguments: &[&str]) -> Result<(), String> {
    let output = Command::new("ip").args(arguments).output().map_err(|error| format!("ip: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("ip {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim()))
}
