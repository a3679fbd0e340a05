use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use earshot_egress::Egress;
use earshot_model::PageTask;
use tokio::sync::{Mutex, Semaphore};
use tokio_util::task::TaskTracker;

use crate::{BrowserConfig, BrowserError, Seen, instance::Instance, visit};

/// A Chromium that opens pages, and is relaunched and recycled as needed. Shared by reference.
pub struct Browser {
    config: BrowserConfig,
    egress: Egress,
    tabs: Semaphore,
    current: Mutex<Option<Arc<Instance>>>,
    /// One task for each process that has not ended.
    processes: TaskTracker,
    unparsed: Arc<AtomicU64>,
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
            processes: TaskTracker::new(),
            unparsed: Arc::default(),
        };
        browser.current.lock().await.replace(browser.instance().await?);
        Ok(browser)
    }

    /// Opens a page, watches it, and tells what was seen. May be called concurrently; at most `tabs` run, others wait.
    /// Dropping the future ends the visit and disposes of its context.
    ///
    /// # Errors
    /// Ours only; [`BrowserError::is_retryable`] says whether the same visit may be tried again.
    pub async fn visit(&self, task: &PageTask) -> Result<Seen, BrowserError> {
        // The semaphore is never closed.
        let _tab = self.tabs.acquire().await.map_err(|_| BrowserError::Gone)?;
        let instance = self.living().await?;
        visit::visit(&instance, &self.config, &self.egress, task).await
    }

    /// Ends the browser, and waits until nothing is left of it. Visits in flight return [`BrowserError::Gone`].
    pub async fn close(self) {
        if let Some(instance) = self.current.lock().await.take() {
            instance.kill();
        }
        self.processes.close();
        self.processes.wait().await;
    }

    /// CDP messages that could not be read since the launch. Anything but 0 means that Chromium is newer than we are.
    #[must_use]
    pub fn unparsed(&self) -> u64 {
        self.unparsed.load(Ordering::Relaxed)
    }

    /// The browser for the next visit: a new one if the last is dead or has had its share. The old one ends with its
    /// last visit.
    async fn living(&self) -> Result<Arc<Instance>, BrowserError> {
        let mut current = self.current.lock().await;
        if let Some(instance) = current.as_ref().filter(|instance| instance.is_alive())
            && instance.count_visit() <= self.config.recycle_after
        {
            return Ok(instance.clone());
        }
        let instance = self.instance().await?;
        instance.count_visit();
        Ok(current.insert(instance).clone())
    }

    async fn instance(&self) -> Result<Arc<Instance>, BrowserError> {
        let instance = Instance::launch(&self.config, &self.egress, self.unparsed.clone()).await?;
        let ended = instance.ended();
        self.processes.spawn(async move { ended.cancelled().await });
        Ok(Arc::new(instance))
    }
}
