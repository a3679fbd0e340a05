use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex as Slots, PoisonError, Weak},
};

use earshot_egress::Exits;
use earshot_model::{PageTask, Profile, Region};
use tokio::sync::{Mutex, Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    Audience, BrowserConfig, BrowserError, Seen, bounds,
    consent::Signal,
    instance::Instance,
    message::Unread,
    print,
    process::Process,
    sandbox::{Sandbox, Sandboxing},
    scratch, visit,
};

/// A Chromium that opens pages, and is relaunched and recycled as needed. Shared by reference.
pub struct Browser {
    config: BrowserConfig,
    sandbox: Sandbox,
    exits: Exits,
    tabs: Semaphore,
    current: Mutex<Option<Arc<Instance>>>,
    /// The same for visits that opt out all the time: that is a switch of the whole process. Started when one is made.
    opted_out: Mutex<Option<Arc<Instance>>>,
    /// One task for each process that has not ended.
    keepers: TaskTracker,
    /// Those processes.
    processes: Slots<Vec<Weak<Process>>>,
    /// Cancelled when all of them have to.
    closing: CancellationToken,
    unread: Unread,
}

impl Browser {
    /// Starts Chromium. Every visit goes through a door of the exit of its region. Directories of browsers whose owners were
    /// killed are removed first.
    ///
    /// # Errors
    /// [`BrowserError::Start`] and [`BrowserError::NotChromium`] if the configured binary is no working Chromium.
    pub async fn launch(config: BrowserConfig, exits: impl Into<Exits>) -> Result<Self, BrowserError> {
        let mut browser = Self {
            sandbox: Sandbox::wanted(&config)?,
            tabs: Semaphore::new(config.tabs.max(1)),
            config,
            exits: exits.into(),
            current: Mutex::new(None),
            opted_out: Mutex::new(None),
            keepers: TaskTracker::new(),
            processes: Slots::default(),
            closing: CancellationToken::new(),
            unread: Unread::default(),
        };
        // A failure to tidy up is in the log; it is no reason not to work.
        let _ = tokio::task::spawn_blocking(scratch::reap).await;
        // The first one shows whether the host allows the sandbox.
        let first = loop {
            let error = match browser.instance(Signal::None).await {
                Ok(first) => break first,
                Err(error) => error,
            };
            browser.sandbox = browser.sandbox.without(&error, &browser.config)?.ok_or(error)?;
        };
        if !browser.sandbox.is_on() && browser.config.sandbox == Sandboxing::Auto {
            tracing::warn!(sandbox = %browser.sandbox, "pages are opened without Chromium's sandbox");
        }
        browser.current.lock().await.replace(first);
        Ok(browser)
    }

    /// How its pages are confined.
    #[must_use]
    pub fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// Opens a page, watches it, and tells what was seen. May be called concurrently; at most `tabs` run, others wait.
    /// Dropping the future ends the visit and disposes of its context.
    ///
    /// # Errors
    /// Ours only; [`BrowserError::is_retryable`] says whether the same visit may be tried again.
    pub async fn visit(&self, task: &PageTask) -> Result<Seen, BrowserError> {
        self.visit_before(task, Audience::default()).await
    }

    /// The same, and somebody is told what happens while it happens.
    ///
    /// # Errors
    /// As [`Browser::visit`].
    pub async fn visit_before(&self, task: &PageTask, audience: Audience) -> Result<Seen, BrowserError> {
        let region = task.region.as_ref().map(Region::as_str);
        let egress =
            self.exits.of(region).ok_or_else(|| BrowserError::NoExit(region.unwrap_or_default().to_owned()))?;
        // Closed by `close` only.
        let _tab = self.tabs.acquire().await.map_err(|_| BrowserError::Gone)?;
        let signal = match task.profile {
            Profile::Gpc => Signal::OptOut,
            Profile::Untouched | Profile::Reject | Profile::Accept => Signal::None,
        };
        let instance = self.living(signal).await?;
        let limit = self.config.wall + bounds::AROUND;
        let visit = visit::visit(&instance, &self.config, egress, task, audience);
        tokio::time::timeout(limit, visit).await.unwrap_or_else(|_| {
            let detail = format!("not over after {} s", limit.as_secs());
            Err(BrowserError::Protocol { method: "a visit".to_owned(), detail })
        })
    }

    /// Whether it has the exit of that region; the usual one it always has.
    #[must_use]
    pub fn knows(&self, region: Option<&Region>) -> bool {
        self.exits.of(region.map(Region::as_str)).is_some()
    }

    /// Prints a document of our own as PDF (A4, tagged, with page numbers). Nothing is loaded for it: what it shows must be in it.
    ///
    /// # Errors
    /// Ours only.
    pub async fn pdf(&self, html: &str) -> Result<Vec<u8>, BrowserError> {
        let _tab = self.tabs.acquire().await.map_err(|_| BrowserError::Gone)?;
        let current = self.living(Signal::None).await?;
        print::pdf(&current, html).await
    }

    /// Ends the browser, and waits until nothing is left of it. Visits in flight, and later ones, return
    /// [`BrowserError::Gone`].
    pub async fn close(&self) {
        self.tabs.close();
        self.closing.cancel();
        self.keepers.close();
        self.keepers.wait().await;
    }

    /// What all processes of all its browsers hold in memory, in bytes, when they were last looked at, a second ago at
    /// most: anonymous and shared memory, and for each browser once the pages of files.
    #[must_use]
    pub fn memory(&self) -> u64 {
        let processes = self.processes.lock().unwrap_or_else(PoisonError::into_inner);
        processes.iter().filter_map(Weak::upgrade).map(|process| process.memory()).sum()
    }

    /// Lets go of the browsers: they end with their last visits, and the next visit starts another. Memory comes back
    /// that way.
    pub async fn retire(&self) {
        for slot in [&self.current, &self.opted_out] {
            if let Some(last) = slot.lock().await.take() {
                self.config.lives.replace(last.is_alive());
            }
        }
    }

    /// Id of the process that the next visit would use, for who watches its memory; `None` while there is none.
    pub async fn process_id(&self) -> Option<u32> {
        self.current.lock().await.as_ref().and_then(|instance| instance.process().id())
    }

    /// CDP messages that could not be read since the launch, by the event's name. Any means that Chromium is newer than
    /// we are.
    #[must_use]
    pub fn unparsed(&self) -> BTreeMap<String, u64> {
        self.unread.by_method()
    }

    /// The browser for the next visit that gives that signal: a new one if the last is dead or has had its share. The
    /// old one ends with its last visit.
    async fn living(&self, signal: Signal) -> Result<Arc<Instance>, BrowserError> {
        let slot = match signal {
            Signal::OptOut => &self.opted_out,
            Signal::None => &self.current,
        };
        let mut current = slot.lock().await;
        if let Some(instance) = current.as_ref().filter(|instance| instance.admit(&self.config)) {
            return Ok(instance.clone());
        }
        // It ends now, and not beside its successor, unless visits hold it.
        if let Some(last) = current.take() {
            self.config.lives.replace(last.is_alive());
        }
        let instance = self.instance(signal).await?;
        instance.admit(&self.config);
        Ok(current.insert(instance).clone())
    }

    async fn instance(&self, signal: Signal) -> Result<Arc<Instance>, BrowserError> {
        if self.closing.is_cancelled() {
            return Err(BrowserError::Gone);
        }
        let instance =
            Instance::launch(&self.config, self.exits.usual(), self.unread.clone(), signal, &self.sandbox).await?;
        self.config.lives.launch();
        let (process, closing) = (instance.process(), self.closing.clone());
        {
            let mut processes = self.processes.lock().unwrap_or_else(PoisonError::into_inner);
            processes.retain(|process| process.strong_count() > 0);
            processes.push(Arc::downgrade(&process));
        }
        self.keepers.spawn(async move {
            if closing.run_until_cancelled(process.ended().cancelled()).await.is_none() {
                process.kill();
                process.ended().cancelled().await;
            }
        });
        Ok(Arc::new(instance))
    }
}
