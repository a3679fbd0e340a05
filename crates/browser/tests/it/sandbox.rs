//! What a browser gets of this machine. Where the host allows no sandbox, the test says so and holds us to saying why.

use earshot_browser::{Browser, BrowserConfig, BrowserError, Sandboxing, probe};
use nix::unistd::geteuid;
use procfs::process::Process;

use crate::{
    bench::{Bench, html},
    chromium::{config, launch, open_egress, visit},
    processes::{process_of, renderers},
};

#[tokio::test]
async fn pages_run_confined_where_the_host_allows_it() {
    // SAFETY: none of these tests reads this variable.
    unsafe { std::env::set_var("EARSHOT_TEST_SECRET", "hunter2") };
    let bench = Bench::start([("/page", html("<p>here"))]).await;
    let browser = launch(config()).await;
    let sandbox = browser.sandbox().clone();
    assert_eq!(probe(&config()).await.unwrap(), sandbox, "who only asks is told the same");
    visit(&browser, &bench.url("/page")).await.unwrap();
    let pid = process_of(&browser).await;
    let leader = Process::new(pid.as_raw()).unwrap();
    let environment = leader.environ().unwrap();
    assert!(environment.keys().all(|name| !name.to_string_lossy().starts_with("EARSHOT_")), "{environment:?}");
    let renderers = renderers(pid);
    assert!(!renderers.is_empty());
    for renderer in renderers {
        let renderer = Process::new(renderer.as_raw()).unwrap();
        let status = renderer.status().unwrap();
        if sandbox.is_on() {
            // Filtered system calls, no root anywhere, and processes and network of its own.
            assert_eq!(status.seccomp, Some(2), "{sandbox}");
            assert_ne!((status.ruid, status.euid), (0, 0));
            let namespace =
                |process: &Process, name: &str| process.namespaces().unwrap().0[std::ffi::OsStr::new(name)].identifier;
            let us = Process::myself().unwrap();
            for name in ["user", "pid", "net"] {
                assert_ne!(namespace(&renderer, name), namespace(&us, name), "{name}");
            }
        } else {
            eprintln!("no sandbox on this machine: {sandbox}");
            assert!(sandbox.to_string().len() > "off ()".len());
        }
    }
    browser.close().await;
}

#[tokio::test]
async fn what_is_switched_off_is_off_and_what_is_demanded_is_there_or_nothing_is() {
    let off = launch(BrowserConfig { sandbox: Sandboxing::Off, ..config() }).await;
    assert!(!off.sandbox().is_on());
    off.close().await;
    let on = BrowserConfig { sandbox: Sandboxing::On, ..config() };
    match Browser::launch(on, open_egress()).await {
        Ok(browser) => {
            assert!(browser.sandbox().is_on());
            browser.close().await;
        }
        Err(error) => assert!(matches!(error, BrowserError::NoSandbox(_)), "{error}"),
    }
    if geteuid().is_root() {
        let nobody = BrowserConfig { user: Some("no-such-user-here".to_owned()), ..config() };
        let error = Browser::launch(nobody, open_egress()).await.err().unwrap();
        assert!(
            matches!(error, BrowserError::NoSandbox(_)) && error.to_string().contains("no-such-user-here"),
            "{error}"
        );
    }
}
