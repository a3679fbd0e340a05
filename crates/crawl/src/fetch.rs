//! One request at a time, no faster than allowed, no longer than there is time, no more than is wanted of a body.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use earshot_model::{BlockReason, Outcome, PageUrl, retry_after};
use jiff::Timestamp;
use spider::reqwest::{self, header};
use tokio::time::{Instant, sleep_until};
use url::Url;

use crate::{CrawlConfig, CrawlError, failure::Failure, knock::knock};

/// For one request, from connecting to the last byte that is read. A slow start is still visited by a browser, with
/// a wall of its own; another slow page is not worth more of the crawl's time.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// Sends the requests of one crawl.
pub(crate) struct Fetcher {
    client: reqwest::Client,
    proxy: Url,
    /// Least time between the starts of two requests. May grow on the way.
    pub delay: Duration,
    last_start: Option<Instant>,
    deadline: Instant,
    left: u32,
    made: Arc<AtomicU64>,
}

/// What a site answered to one request; redirects are answers.
#[derive(Debug)]
pub(crate) struct Answer {
    pub url: PageUrl,
    pub status: u16,
    /// Where a redirect leads, resolved; `Err` holds what is no page address.
    pub location: Option<Result<PageUrl, String>>,
    /// The MIME type without parameters, lower case; empty if none was named.
    pub mime: String,
    /// For how long the site wants to be left alone.
    pub retry_after: Option<Duration>,
    /// Whether the answer says of itself that it is a challenge.
    pub challenge: bool,
    /// At most as many bytes as were asked for.
    pub body: Vec<u8>,
}

/// How one request ended.
pub(crate) type Fetched = Result<Answer, Failure>;

impl Fetcher {
    pub fn new(config: &CrawlConfig) -> Result<Self, CrawlError> {
        Ok(Self {
            client: client(config)?,
            proxy: config.proxy.clone(),
            delay: config.delay,
            last_start: None,
            deadline: Instant::now() + config.timeout,
            left: config.max_fetches,
            made: config.fetches.clone(),
        })
    }

    /// Whether there is neither time nor budget for another request.
    pub fn spent(&self) -> bool {
        self.left == 0 || self.out_of_time()
    }

    /// Whether the next request would start after the crawl's wall.
    pub fn out_of_time(&self) -> bool {
        self.turn() >= self.deadline
    }

    /// When the next request may start.
    fn turn(&self) -> Instant {
        let now = Instant::now();
        self.last_start.map_or(now, |last| now.max(last + self.delay))
    }

    /// Whoever says that we ask too fast (429, 503) is asked more slowly from then on.
    fn heed(&mut self, answer: &Fetched) {
        if let Ok(Answer { status: 429 | 503, retry_after, .. }) = answer {
            let doubled = self.delay.saturating_mul(2).max(ASKED_TO_SLOW_DOWN);
            self.delay = doubled.max(retry_after.unwrap_or_default()).min(LONGEST_PAUSE);
        }
    }

    /// Waits for its turn and asks for `url`, reading at most `max_bytes` of the body.
    ///
    /// # Errors
    /// Only for what is no fault of the site; see [`CrawlError`].
    pub async fn get(&mut self, url: &PageUrl, max_bytes: usize) -> Result<Fetched, CrawlError> {
        if self.spent() {
            return Ok(Err(Failure::TimedOut));
        }
        sleep_until(self.turn()).await;
        self.left -= 1;
        self.made.fetch_add(1, Ordering::Relaxed);
        self.last_start = Some(Instant::now());
        let timeout = REQUEST_TIMEOUT.min(self.deadline.saturating_duration_since(Instant::now()));
        match self.client.get(url.as_str()).timeout(timeout).send().await {
            Ok(response) => {
                let answer = read(url, response, max_bytes).await;
                self.heed(&answer);
                Ok(answer)
            }
            Err(error) if error.is_timeout() => Ok(Err(Failure::TimedOut)),
            Err(error) => {
                let told = tokio::time::timeout(timeout, knock(&self.proxy, url.url())).await;
                let failure = told.unwrap_or(Ok(Some(Failure::TimedOut)))?;
                Ok(Err(failure.unwrap_or_else(|| Failure::of_client(&error))))
            }
        }
    }
}

/// Least pause after an answer that asks for one without saying how long.
const ASKED_TO_SLOW_DOWN: Duration = Duration::from_secs(1);
/// Longest pause that one answer can ask for: the crawl's wall ends it before.
const LONGEST_PAUSE: Duration = Duration::from_secs(600);

fn client(config: &CrawlConfig) -> Result<reqwest::Client, CrawlError> {
    let mut builder = reqwest::Client::builder()
        .proxy(reqwest::Proxy::all(config.proxy.as_str())?)
        .user_agent(&config.user_agent)
        .redirect(reqwest::redirect::Policy::none());
    if let Some(path) = &config.ca_cert {
        let pem = std::fs::read(path).map_err(|source| CrawlError::CaFile { path: path.clone(), source })?;
        builder = builder.tls_certs_merge(reqwest::Certificate::from_pem_bundle(&pem)?);
    }
    Ok(builder.build()?)
}

async fn read(url: &PageUrl, mut response: reqwest::Response, max_bytes: usize) -> Fetched {
    let headers = response.headers();
    // Over TLS the door cannot speak, so what looks like its word is the site's.
    if let Some(failure) = (url.url().scheme() == "http").then(|| Failure::of_door(headers)).flatten() {
        return Err(failure);
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mime = text("content-type").split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    // https://developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/detect-response/
    let challenge = text("cf-mitigated") == "challenge";
    let status = response.status().as_u16();
    let retry_after = retry_after(text("retry-after"), Timestamp::now());
    let location = headers
        .get(header::LOCATION)
        .filter(|_| response.status().is_redirection())
        .map(|value| resolve(url, &String::from_utf8_lossy(value.as_bytes())));
    let mut body = Vec::new();
    while body.len() < max_bytes {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk[..chunk.len().min(max_bytes - body.len())]),
            Ok(None) => break,
            // Half a page has half its links; that it broke off is no reason to lose them.
            Err(error) if !error.is_timeout() => break,
            Err(_) => return Err(Failure::TimedOut),
        }
    }
    Ok(Answer { url: url.clone(), status, location, mime, retry_after, challenge, body })
}

fn resolve(url: &PageUrl, location: &str) -> Result<PageUrl, String> {
    let shown = || location.chars().take(100).collect::<String>();
    let target = url.url().join(location).map_err(|_| shown())?;
    PageUrl::parse(target.as_str()).map_err(|_| shown())
}

impl Answer {
    /// How the opening of this page ended, as far as its head tells.
    pub fn outcome(&self) -> Outcome {
        match Outcome::of_status(self.status) {
            Outcome::Loaded { status } | Outcome::Blocked { status, .. } | Outcome::HttpError { status }
                if self.challenge =>
            {
                Outcome::Blocked { status, reason: BlockReason::Challenge }
            }
            Outcome::Loaded { .. } if !self.is_html() => Outcome::NotAPage { detail: self.mime.clone() },
            outcome => outcome,
        }
    }

    /// A document without a type is taken for HTML, as browsers find by sniffing.
    fn is_html(&self) -> bool {
        matches!(self.mime.as_str(), "" | "text/html" | "application/xhtml+xml")
    }
}
