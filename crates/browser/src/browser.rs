use std::{collections::BTreeMap, sync::Arc};

use earshot_egress::Egress;
use earshot_model::{PageTask, Profile};
use tokio::sync::{Mutex, Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{BrowserConfig, BrowserError, Seen, consent::Signal, instance::Instance, message::Unread, print, visit};

/// A Chromium that opens pages, and is relaunched and recycled as needed. Shared by reference.
pub struct Browser {
    config: BrowserConfig,
    egress: Egress,
    tabs: Semaphore,
    current: Mutex<Option<Arc<Instance>>>,
    /// The same for visits that opt out all the time: that is a switch of the whole process. Started when one is made.
    opted_out: Mutex<Option<Arc<Instance>>>,
    /// One task for each process that has not ended.
    processes: TaskTracker,
    /// Cancelled when all of them have to.
    closing: CancellationToken,
    unread: Unread,
}

impl Browser {
    /// Starts Chromium. Every visit goes through a door of `egress`.
    ///
    /// # Errors
    /// [`BrowserError::Start`] and [`BrowserError::NotChromium`] if the configured binary is no working Chromium.
    pub async fn launch(config: BrowserConfig, egress: Egress) -> Result<Self, BrowserError> {
        let browser = Self {
            tabs: Semaphore::new(config.tabs.max(1)),
            config,
            egress,
            current: Mutex::new(None),
            opted_out: Mutex::new(None),
            processes: TaskTracker::new(),
            closing: CancellationToken::new(),
            unread: Unread::default(),
        };
        browser.current.lock().await.replace(browser.instance(Signal::None).await?);
        Ok(browser)
    }

    /// Opens a page, watches it, and tells what was seen. May be called concurrently; at most `tabs` run, others wait.
    /// Dropping the future ends the visit and disposes of its context.
    ///
    /// # Errors
    /// Ours only; [`BrowserError::is_retryable`] says whether the same visit may be tried again.
    pub async fn visit(&self, task: &PageTask) -> Result<Seen, BrowserError> {
        // Closed by `close` only.
        let _tab = self.tabs.acquire().await.map_err(|_| BrowserError::Gone)?;
        let instance = self.living(task).await?;
        visit::visit(&instance, &self.config, &self.egress, task).await
    }

    /// Prints a document of our own as PDF (A4, tagged, with page numbers). Nothing is loaded for it: what it shows must be in it.
    ///
    /// # Errors
    /// Ours only.
    pub async fn pdf(&self, html: &str) -> Result<Vec<u8>, BrowserError> {
        let _tab = self.tabs.acquire().await.map_err(|_| BrowserError::Gone)?;
        let current = self.current.lock().await.clone().ok_or(BrowserError::Gone)?;
        print::pdf(&current, html).await
    }

    /// Ends the browser, and waits until nothing is left of it. Visits in flight, and later ones, return
    /// [`BrowserError::Gone`].
    pub async fn close(&self) {
        self.tabs.close();
        self.closing.cancel();
        self.processes.close();
        self.processes.wait().await;
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

    /// The browser for the next visit: a new one if the last is dead or has had its share. The old one ends with its
    /// last visit.
    async fn living(&self, task: &PageTask) -> Result<Arc<Instance>, BrowserError> {
        let (slot, signal) = match task.profile {
            Profile::Gpc => (&self.opted_out, Signal::OptOut),
            Profile::Untouched | Profile::Reject | Profile::Accept => (&self.current, Signal::None),
        };
        let mut current = slot.lock().await;
        if let Some(instance) = current.as_ref().filter(|instance| instance.is_alive())
            && instance.count_visit() <= self.config.recycle_after
        {
            return Ok(instance.clone());
        }
        if let Some(last) = current.take() {
            self.config.lives.replace(last.is_alive());
        }
        let instance = self.instance(signal).await?;
        instance.count_visit();
        Ok(current.insert(instance).clone())
    }

    async fn instance(&self, signal: Signal) -> Result<Arc<Instance>, BrowserError> {
        if self.closing.is_cancelled() {
            return Err(BrowserError::Gone);
        }
        let instance = Instance::launch(&self.config, &self.egress, self.unread.clone(), signal).await?;
        self.config.lives.launch();
        let (process, closing) = (instance.process(), self.closing.clone());
        self.processes.spawn(async move {
            if closing.run_until_cancelled(process.ended().cancelled()).await.is_none() {
                process.kill();
                process.ended().cancelled().await;
            }
        });
        Ok(Arc::new(instance))
    }
}
