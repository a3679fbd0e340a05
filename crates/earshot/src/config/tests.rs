use super::*;

/// What a file with that text, and nothing else, comes to.
pub(super) fn load(text: &str) -> Result<Config> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    Config::load(Some(file.path()), &Overrides::default())
}

#[test]
fn defaults_are_complete_and_valid() {
    let config = load("").unwrap();
    assert_eq!((config.pages, config.allow_private), (3, false));
    assert_eq!(config.nats(), Place::Found);
    let cluster = load("nats = \"nats://a:4222,nats://b:4222\"").unwrap();
    assert_eq!(cluster.nats(), Place::Url("nats://a:4222".parse().unwrap()));
    assert_eq!((config.browser.max_memory(), config.browser.worker_memory()), (Some(3 << 30), None));
}

#[test]
fn a_file_overrides_and_a_flag_overrides_it() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "pages = 7\nclickhouse = \"http://db:8123\"\n[dwell]\nmin = \"1s\"\n").unwrap();
    let flags = Overrides { pages: Some(9), ..Overrides::default() };
    let config = Config::load(Some(file.path()), &flags).unwrap();
    assert_eq!((config.pages, config.dwell.min), (9, Duration::from_secs(1)));
    assert_eq!(config.clickhouse(), Place::Url("http://db:8123".parse().unwrap()));
}

#[test]
fn profiles_are_named_once_in_their_order_or_all_at_once() {
    use Profile::{Accept, Gpc, Reject, Untouched};
    let of = |text: &str| load(&format!("profiles = \"{text}\"")).and_then(|config| config.profiles());
    assert_eq!(load("").unwrap().profiles().unwrap(), [Untouched]);
    assert_eq!(of("gpc, reject,gpc").unwrap(), [Reject, Gpc]);
    assert_eq!(of("all").unwrap(), [Untouched, Reject, Accept, Gpc]);
    for (text, name) in [("refuse", "'refuse' is no profile"), ("", "'' is no profile"), ("all,gpc", "'all'")] {
        let error = format!("{:#}", of(text).unwrap_err());
        assert!(error.contains(name), "{text:?} gave {error:?}");
    }
}

#[test]
fn what_is_known_of_single_sites_stands_under_their_names() {
    let text =
        "sessions = 10\nrules = \"hipaa, cipa-631\"\n[site.\"care.test\"]\nsessions = 500\ncategory = \"health\"\n";
    let assessment = load(text).unwrap().assessment().unwrap();
    assert_eq!((assessment.sessions("care.test"), assessment.sessions("b.test")), (Some(500), Some(10)));
    assert_eq!(load("").unwrap().assessment().unwrap().sessions("b.test"), None);
    assert_eq!(assessment.packs.all().len(), 2);
    for (text, message) in [
        ("rules = \"cipa\"", "'cipa' is no rule pack"),
        ("[site.\"a.test\"]\ncategory = \"secret\"", "unknown variant"),
        ("[site.\"a.test\"]\nsession = 3", "unknown field"),
    ] {
        let error = format!("{:#}", load(text).unwrap_err());
        assert!(error.contains(message), "{text:?} gave {error:?}");
    }
}

#[test]
fn mistakes_are_named_with_their_line() {
    for (text, message) in [
        ("\npagse = 3", "line 2: unknown key 'pagse'"),
        ("pages = \"many\"", "line 1: 'pages' must be of type integer, not string"),
        ("[dwell]\nmix = \"1s\"", "line 2: unknown key 'dwell.mix'"),
        ("[dwell]\nmin = 7", "line 2: 'dwell.min' must be of type string, not integer"),
        ("[notify]\nslack = \"hunter2\"", "line 2: 'notify.slack' must be of type array, not string"),
        ("pages = 0", "pages: must be from 1 to 1000"),
        ("pages = 1001", "pages: must be from 1 to 1000"),
        ("clickhouse = \"http://u:hunter2@h:8123\"", "clickhouse: write the user into clickhouse_user"),
        ("[bus]\nreplicas = 0", "bus.replicas: must be from 1 to 5"),
        ("pages = ", "line 1"),
        ("[browser]\nmax_memory = \"much\"", "max_memory"),
        ("[browser]\nworker_memory = \"1MiB\"", "browser.worker_memory: must be at least 512.0 MiB, or 0"),
        ("dns = \"nowhere\"", "dns: 'nowhere' is not ip:port"),
        ("[limit]\nvisit = \"1s\"", "limit.visit: must be more than dwell.max"),
    ] {
        let error = format!("{:#}", load(text).unwrap_err());
        assert!(error.contains(message), "{text:?} gave {error:?}");
    }
}

#[test]
fn a_password_is_never_shown() {
    let config = load("clickhouse_password = \"hunter2\"\nproxy = \"ftp://u:hunter2@h\"").unwrap_err();
    assert!(!format!("{config:?}").contains("hunter2"));
    let config = load("clickhouse_password = hunter2").unwrap_err();
    assert!(!format!("{config:?}").contains("hunter2"));
    let config = load("clickhouse_password = \"hunter2\"").unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
    let config = load("proxy = \"http://u:hunter2@h:1\"\nnats = \"nats://u:hunter2@h\"").unwrap();
    let shown = format!("{config:?} {:?} {:?}", config.nats(), config.bus.at(config.nats_addresses()));
    assert!(!shown.contains("hunter2"), "{shown}");
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "hunter2\n").unwrap();
    let config = load(&format!("clickhouse_password_file = \"{}\"", file.path().display())).unwrap();
    assert_eq!(config.clickhouse_password().unwrap().0, "hunter2");
}
