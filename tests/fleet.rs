//! A fleet: three hosts, a NATS cluster of the real server, one store, and every role twice, each a process of its own;
//! and what is done to it. The hosts are network namespaces where those are permitted, else ports of this machine.

mod fleet {
    mod chaos;
    mod disk;
    mod equal;
    mod fault;
    mod net;
    mod outage;
    mod process;
    #[path = "../processes.rs"]
    mod processes;
    mod servers;
    mod soak;
    mod truth;
    mod whole;
}
