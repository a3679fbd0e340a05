//! Chromium's sandbox: what runs a page gets no more of this machine than it needs
//! (<https://chromium.googlesource.com/chromium/src/+/main/docs/linux/sandboxing.md>).
//!
//! It works with user namespaces, which Chromium does not use as root. Who is root here gives its browsers to another user.
//! Whether the host allows it nobody can tell but Chromium itself: it is started, and refuses if not.

use std::{
    fmt, fs, io,
    os::unix::{fs::PermissionsExt as _, process::CommandExt as _},
    path::{Path, PathBuf},
    process::Command,
};

use nix::unistd::{Gid, Uid, User, chown, geteuid};

use crate::{BrowserConfig, BrowserError, process::Process};

/// Whether the sandbox is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sandboxing {
    /// If the host allows it; else without, with a warning.
    #[default]
    Auto,
    /// Or no browser is started.
    On,
    /// Never.
    Off,
}

/// How browsers are confined here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sandbox {
    /// Who they belong to, if that is not us.
    user: Option<Account>,
    /// Why they run without it.
    off: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Account {
    name: String,
    uid: Uid,
    gid: Gid,
}

/// Whose browsers are where we are root and nobody else is named: every Unix has it, and nothing belongs to it.
const NOBODY: &str = "nobody";
/// Of our environment what a browser needs: there are passwords in the rest.
const HANDED_ON: [&str; 9] =
    ["PATH", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH", "FONTCONFIG_FILE", "FONTCONFIG_PATH"];

impl Sandbox {
    /// How browsers will be confined, if the host allows it.
    ///
    /// # Errors
    /// [`BrowserError::NoSandbox`] if the user that is named is none, or [`Sandboxing::On`] is out of the question.
    pub(crate) fn wanted(config: &BrowserConfig) -> Result<Self, BrowserError> {
        if config.sandbox == Sandboxing::Off {
            return Ok(Self::off("it is switched off"));
        }
        if !geteuid().is_root() {
            return Ok(Self { user: None, off: None });
        }
        let name = config.user.as_deref().unwrap_or(NOBODY);
        match User::from_name(name) {
            Ok(Some(user)) if !user.uid.is_root() => {
                let account = Account { name: user.name, uid: user.uid, gid: user.gid };
                Ok(Self { user: Some(account), off: None })
            }
            Ok(Some(_)) => Err(BrowserError::NoSandbox(format!("user '{name}' is root"))),
            _ if config.user.is_some() => Err(BrowserError::NoSandbox(format!("there is no user '{name}'"))),
            _ => Self::off(format!("we are root, and there is no user '{name}'")).unless_demanded(config),
        }
    }

    pub(crate) fn off(reason: impl Into<String>) -> Self {
        Self { user: None, off: Some(reason.into()) }
    }

    /// What is left after Chromium did not start like this; `None` if it was not for the sandbox.
    ///
    /// # Errors
    /// [`BrowserError::NoSandbox`] if none will do.
    pub(crate) fn without(&self, error: &BrowserError, config: &BrowserConfig) -> Result<Option<Self>, BrowserError> {
        let said = match error {
            BrowserError::NotChromium { detail, .. } if self.is_on() => detail.clone(),
            BrowserError::Start { source, .. } if self.is_on() => source.to_string(),
            _ => return Ok(None),
        };
        let user = self.user.as_ref().map_or_else(String::new, |user| format!(" as user '{}'", user.name));
        let reason = format!("Chromium does not start with it{user}: {}", first_telling_line(&said));
        Self::off(reason).unless_demanded(config).map(Some)
    }

    fn unless_demanded(self, config: &BrowserConfig) -> Result<Self, BrowserError> {
        match (&self.off, config.sandbox) {
            (Some(reason), Sandboxing::On) => Err(BrowserError::NoSandbox(reason.clone())),
            _ => Ok(self),
        }
    }

    /// Whether browsers are confined.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.off.is_none()
    }

    /// The switch that Chromium needs for it.
    pub(crate) fn switch(&self) -> Option<&'static str> {
        (!self.is_on()).then_some("--no-sandbox")
    }

    /// Has the command run as the browsers' user, with what it needs of our environment; gives its own directory below
    /// `scratch`.
    pub(crate) fn confine(&self, command: &mut Command, scratch: &Path) -> io::Result<PathBuf> {
        let handed_on: Vec<_> = HANDED_ON.iter().filter_map(|name| Some((name, std::env::var_os(name)?))).collect();
        command.env_clear().envs(handed_on);
        let home = match &self.user {
            None => scratch.to_owned(),
            Some(user) => {
                let home = scratch.join("home");
                fs::create_dir(&home)?;
                fs::set_permissions(&home, fs::Permissions::from_mode(0o700))?;
                chown(&home, Some(user.uid), Some(user.gid))?;
                // To be passed through only: what we keep there stays ours.
                fs::set_permissions(scratch, fs::Permissions::from_mode(0o711))?;
                // The standard library drops our groups too.
                command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
                home
            }
        };
        // What it leaves lying about when it is killed goes with the rest.
        command.env("HOME", &home).env("TMPDIR", &home).current_dir("/");
        Ok(home)
    }
}

impl fmt::Display for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.off, &self.user) {
            (Some(reason), _) => write!(f, "off ({reason})"),
            (None, Some(user)) => write!(f, "on (as user '{}')", user.name),
            (None, None) => f.write_str("on"),
        }
    }
}

/// Finds out what the host allows, by starting a browser and ending it.
///
/// # Errors
/// As [`crate::Browser::launch`].
pub async fn probe(config: &BrowserConfig) -> Result<Sandbox, BrowserError> {
    let mut sandbox = Sandbox::wanted(config)?;
    loop {
        let arguments = ["--remote-debugging-port=0", "--no-first-run"].into_iter().chain(sandbox.switch());
        let started = Process::start(config, &sandbox, arguments.map(str::to_owned).collect()).await;
        let error = match started {
            Ok((process, _)) => {
                process.kill();
                process.ended().cancelled().await;
                return Ok(sandbox);
            }
            Err(error) => error,
        };
        sandbox = sandbox.without(&error, config)?.ok_or(error)?;
    }
}

/// Of what Chromium says when it gives up, the line that says why.
fn first_telling_line(said: &str) -> &str {
    let telling = |line: &&str| ["FATAL", "sandbox", "namespace", "denied"].iter().any(|word| line.contains(word));
    said.lines().find(telling).or_else(|| said.lines().next()).unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(sandbox: Sandboxing, user: Option<&str>) -> BrowserConfig {
        BrowserConfig { sandbox, user: user.map(str::to_owned), ..BrowserConfig::default() }
    }

    #[test]
    fn what_is_demanded_is_not_done_without() {
        let executable = PathBuf::from("chromium");
        let detail = "it ended:\n[1:1:FATAL:zygote] No usable sandbox!".to_owned();
        let error = BrowserError::NotChromium { executable, detail };
        let on = Sandbox { user: None, off: None };
        let left = on.without(&error, &config(Sandboxing::Auto, None)).unwrap().unwrap();
        assert_eq!((left.is_on(), left.switch()), (false, Some("--no-sandbox")));
        assert!(left.to_string().contains("No usable sandbox!"), "{left}");
        assert!(matches!(on.without(&error, &config(Sandboxing::On, None)), Err(BrowserError::NoSandbox(_))));
        // Without a sandbox it is no working Chromium.
        assert_eq!(left.without(&error, &config(Sandboxing::Auto, None)).unwrap(), None);
        assert_eq!(on.without(&BrowserError::Gone, &config(Sandboxing::On, None)).unwrap(), None);
    }

    #[test]
    fn a_user_that_is_named_has_to_be_there_and_not_be_root() {
        if geteuid().is_root() {
            for user in ["root", "no-such-user-here"] {
                let error = Sandbox::wanted(&config(Sandboxing::Auto, Some(user))).unwrap_err();
                assert!(error.to_string().contains(user), "{error}");
            }
        }
        assert!(!Sandbox::wanted(&config(Sandboxing::Off, None)).unwrap().is_on());
    }
}
