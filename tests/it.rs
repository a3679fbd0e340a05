//! Earshot as its users meet it: the built binary, a real browser, a real NATS server, the real ClickHouse engine and
//! the lab's synthetic web with the vendors' own SDKs. Nothing here needs the internet.

mod it {
    mod architecture;
    mod changes;
    mod command_line;
    mod consent;
    mod courtesy;
    mod crash;
    mod documents;
    mod earshot;
    mod evidence;
    mod export;
    mod health;
    mod keystrokes;
    #[allow(dead_code, reason = "another crate has more use for it")]
    #[path = "../../crates/store/tests/it/make.rs"]
    mod make;
    mod notices;
    mod pages;
    mod portfolio;
    mod prevalence;
    mod private;
    #[path = "../processes.rs"]
    mod processes;
    mod roles;
    mod targets;
    mod telemetry;
    mod truth;
    #[path = "../turns.rs"]
    mod turns;
    mod verify;
    mod web;
}
