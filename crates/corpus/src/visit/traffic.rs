//! What a made-up page asks for, and what comes back.

use earshot_model::{
    Body, Direction, Fact, Header, Initiator, Request, Response, ScriptFrame, SocketFrame, Transport, Witness,
};
use earshot_store::EventNote;

use super::{LAST_MS, Mix, Scene};
use crate::party::Party;

/// A request to be made.
struct Ask {
    url: String,
    transport: Transport,
    body: u64,
    at_ms: f64,
    cause: Option<u32>,
    stack: Vec<ScriptFrame>,
    vendor: Option<String>,
}

const SCRIPT: &str = "text/javascript";

/// Puts the document, the page's own files and everybody's requests on the tape.
pub(super) fn load(scene: &mut Scene<'_>) {
    let occasion = scene.occasion;
    let document = Ask {
        url: occasion.page.to_owned(),
        transport: Transport::Document,
        body: 0,
        at_ms: 0.4,
        cause: None,
        stack: Vec::new(),
        vendor: None,
    };
    let document = ask(scene, document);
    own_files(scene, document);
    let mut actors = std::mem::take(&mut scene.actors);
    // Whoever a tag manager brings comes after it.
    let manager = actors.iter().position(|actor| actor.party.category == "tag_manager");
    let manager = manager.map(|at| actors[at].party.script.clone());
    for actor in &mut actors {
        let brought =
            actor.what.route == earshot_model::InstallRoute::TagManager && actor.party.category != "tag_manager";
        let by = manager.as_ref().filter(|_| brought).map(|url| frame(url, 88_000));
        for at_ms in actor.contacts.clone() {
            contact(scene, actor, at_ms, document, by.clone());
        }
    }
    scene.actors = actors;
    sockets(scene);
}

fn own_files(scene: &mut Scene<'_>, document: u32) {
    const KINDS: [(Transport, &str, f64); 5] = [
        // Web Almanac 2024, Page Weight: 24 scripts and 18 pictures of 71 requests.
        (Transport::Script, "js", 0.36),
        (Transport::Image, "webp", 0.32),
        (Transport::Style, "css", 0.14),
        (Transport::Font, "woff2", 0.08),
        (Transport::Fetch, "json", 0.10),
    ];
    let site = scene.occasion.site;
    // Which files a site has changes seldom: they hang on the site, not on the visit.
    let mut files = crate::dice::Dice::of(scene.occasion.seed, &format!("files {}", site.domain));
    for number in 0..scaled(site.own_requests, scene.occasion.bustle) {
        let (transport, ending) =
            *files.weighted(&KINDS.map(|(transport, ending, share)| ((transport, ending), share)));
        let url = format!(
            "https://{}/assets/{}-{:08x}.{ending}",
            site.domain,
            NAMES[number % NAMES.len()],
            files.word() as u32
        );
        let at_ms = scene.dice.around(420.0, 0.7).min(LAST_MS);
        ask(scene, Ask { url, transport, body: 0, at_ms, cause: Some(document), stack: Vec::new(), vendor: None });
    }
}

const NAMES: [&str; 9] = ["main", "vendor", "app", "hero", "theme", "chunk", "product", "nav", "footer"];

fn contact(scene: &mut Scene<'_>, actor: &mut super::Actor<'_>, at_ms: f64, document: u32, by: Option<ScriptFrame>) {
    let party = actor.party;
    let vendor = Some(party.id.clone());
    let joined = if party.script.contains('?') { '&' } else { '?' };
    let url = format!("{}{joined}id={}", party.script, actor.what.account.trim_start_matches("id:"));
    let transport = if party.category == "infrastructure" { Transport::Style } else { Transport::Script };
    let stack: Vec<ScriptFrame> = by.into_iter().collect();
    let script =
        ask(scene, Ask { url, transport, body: 0, at_ms, cause: Some(document), stack, vendor: vendor.clone() });
    actor.requests.push((script, at_ms, 0));
    let visit = super::visitor(scene.occasion);
    for number in 0..scaled(actor.what.hits, scene.occasion.bustle) {
        let at_ms = (at_ms + scene.dice.around(350.0 * (number + 1) as f64, 0.6)).min(LAST_MS);
        let (transport, median) = *scene.dice.weighted(&HITS);
        let body = if median > 0.0 { scene.dice.around(median, 0.9) as u64 } else { 0 };
        let url = hit(scene, party, actor.what.account.as_str(), visit, number, at_ms);
        let stack = vec![frame(&party.script, 40_000 + number as u32)];
        let mark = ask(scene, Ask { url, transport, body, at_ms, cause: Some(script), stack, vendor: vendor.clone() });
        actor.requests.push((mark, at_ms, body));
    }
}

/// How hits go out, and the median of their bodies in the laboratory: pixels, `fetch`, beacons, XHR.
const HITS: [((Transport, f64), f64); 4] = [
    ((Transport::Image, 0.0), 0.35),
    ((Transport::Fetch, 142.0), 0.25),
    ((Transport::Beacon, 146.0), 0.24),
    ((Transport::Xhr, 373.0), 0.16),
];

/// The address of a hit: an account, who one is, the page, the moment; in a third of them a number against caches. As long as in the
/// laboratory: pixels have 26, 81 and 152 characters (10 %, 50 %, 90 %), `fetch` has 27, 46 and 154.
fn hit(scene: &mut Scene<'_>, party: &Party, account: &str, visit: u64, number: usize, at_ms: f64) -> String {
    let to = scene.dice.one(&party.hits).split('?').next().unwrap_or_default().to_owned();
    if scene.dice.falls(0.4) {
        return to;
    }
    let (account, began) = (account.trim_start_matches("id:"), scene.occasion.began.as_millisecond());
    let moment = began + at_ms as i64;
    let mut url =
        format!("{to}?id={account}&cid={:010}.{}&t={moment}&n={number}", visit % 10_000_000_000, began / 1000);
    if scene.dice.falls(0.5) {
        url += &format!("&dl=https%3A%2F%2F{}%2F", scene.occasion.site.domain);
    }
    if scene.dice.falls(0.33) {
        url += &format!("&z={:08x}", scene.dice.word() as u32);
    }
    url
}

fn sockets(scene: &mut Scene<'_>) {
    let Some(actor) = scene.actors.iter().position(|actor| matches!(actor.party.category, "chat" | "session_replay"))
    else {
        return;
    };
    let Some((request, at_ms, _)) = scene.actors[actor].requests.last().copied() else { return };
    let vendor = Some(scene.actors[actor].party.id.clone());
    let page = scene.occasion.page;
    // Not every site has a chat: those that have one have the frames of the others.
    for _ in 0..scene.dice.about(3.0 * Mix::OF_THE_LABORATORY.frames * scene.occasion.bustle) {
        let at_ms = scene.dice.between(at_ms, LAST_MS);
        let direction = if scene.dice.falls(0.5) { Direction::Sent } else { Direction::Received };
        let body = body(scene, 120);
        let note = EventNote { vendor: vendor.clone(), decoded_bytes: body.size, cause: None };
        let fact = Fact::SocketFrame(SocketFrame { request, direction, body });
        scene.tape.put(Some(at_ms), page, &[Witness::Browser], fact, note);
    }
}

/// The request and its answer.
fn ask(scene: &mut Scene<'_>, ask: Ask) -> u32 {
    let page = scene.occasion.page;
    let took_ms = scene.dice.around(80.0, 0.6);
    let has_body = ask.body > 0;
    let initiator = Initiator {
        kind: if ask.stack.is_empty() { "parser" } else { "script" }.to_owned(),
        url: ask.stack.is_empty().then(|| page.to_owned()),
        stack: ask.stack,
        request: None,
    };
    let request = Request {
        headers: headers(&ask.url, page, ask.transport, ask.body),
        method: if has_body { "POST" } else { "GET" }.to_owned(),
        body: has_body.then(|| body(scene, ask.body)),
        transport: ask.transport,
        initiator,
        redirect_of: None,
        on_leave: ask.transport == Transport::Beacon && ask.at_ms > LAST_MS - 500.0,
        url: ask.url,
    };
    let note = EventNote { vendor: ask.vendor.clone(), decoded_bytes: ask.body, cause: ask.cause };
    let mark = scene.tape.put(Some(ask.at_ms), page, &[Witness::Browser], Fact::Request(request), note);
    let fact = if scene.dice.falls(0.01) {
        Fact::Failed { request: mark, error: "net::ERR_ABORTED".to_owned() }
    } else {
        let (status, mime) = answer(ask.transport, has_body);
        Fact::Response(Response { request: mark, status, mime: mime.to_owned(), local: false })
    };
    let note = EventNote { vendor: ask.vendor, decoded_bytes: 0, cause: None };
    scene.tape.put(Some(ask.at_ms + took_ms), page, &[Witness::Browser], fact, note);
    mark
}

fn answer(transport: Transport, has_body: bool) -> (u16, &'static str) {
    match transport {
        _ if has_body => (204, ""),
        Transport::Document => (200, "text/html"),
        Transport::Script => (200, SCRIPT),
        Transport::Style => (200, "text/css"),
        Transport::Font => (200, "font/woff2"),
        Transport::Image => (200, "image/webp"),
        _ => (200, "application/json"),
    }
}

fn body(scene: &mut Scene<'_>, size: u64) -> Body {
    let mut text = String::with_capacity(size as usize + 24);
    text.push_str("{\"e\":[");
    while (text.len() as u64) < size {
        text += &format!("\"{:016x}\",", scene.dice.word());
    }
    text.truncate(size as usize);
    Body { size, excerpt: text.into_bytes() }
}

/// As many as requests have in the laboratory: 14.
fn headers(url: &str, page: &str, transport: Transport, body: u64) -> Vec<Header> {
    let destination = match transport {
        Transport::Document => "document",
        Transport::Script => "script",
        Transport::Style => "style",
        Transport::Font => "font",
        Transport::Image => "image",
        _ => "empty",
    };
    let (agent, hints) = (
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
        "\"Chromium\";v=\"156\", \"Google Chrome\";v=\"156\", \"Not-A.Brand\";v=\"24\"",
    );
    let mut headers = vec![
        Header::new("accept", "*/*"),
        Header::new("accept-encoding", "gzip, deflate, br, zstd"),
        Header::new("accept-language", "en-US,en;q=0.9"),
        Header::new("connection", "keep-alive"),
        Header::new("host", Party::host(url)),
        Header::new("referer", page),
        Header::new("sec-fetch-dest", destination),
        Header::new("sec-fetch-mode", if destination == "empty" { "cors" } else { "no-cors" }),
        Header::new("sec-fetch-site", if Party::host(url) == Party::host(page) { "same-origin" } else { "cross-site" }),
        Header::new("user-agent", agent),
        Header::new("sec-ch-ua", hints),
        Header::new("sec-ch-ua-mobile", "?0"),
        Header::new("sec-ch-ua-platform", "\"Linux\""),
    ];
    if body > 0 {
        headers.push(Header::new("content-length", &body.to_string()));
        headers.push(Header::new("content-type", "text/plain;charset=UTF-8"));
    }
    headers
}

pub(super) fn frame(url: &str, column: u32) -> ScriptFrame {
    ScriptFrame { url: url.to_owned(), function: "t".to_owned(), line: 1, column }
}

/// So many of something on a page that does so much.
pub(super) fn scaled(count: usize, bustle: f64) -> usize {
    (count as f64 * bustle).round() as usize
}
