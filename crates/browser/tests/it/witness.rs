//! What our script in the pages sees and the browser does not tell.

use earshot_browser::{BrowserConfig, Seen};
use earshot_model::{ApiCall, Cookie, Event, Fact, GapKind, ListenMeans, StorageArea, StorageWrite, Witness};

use crate::{
    bench::{Answer, Bench, html, script},
    chromium::{alone, config, has_gap, launch, see, visit},
};

/// Planted as the value of every cookie, stored item and field.
const SECRET: &str = "s3cr3t-pl4nted-v4lue";

/// A page whose only script is at `/tag.js`, and that script.
async fn page_with(tag: &str, body: &str) -> (Bench, Seen) {
    let page = format!("<body>{body}<script src=/tag.js></script>");
    let bench = Bench::start([("/page", html(page)), ("/tag.js", script(tag))]).await;
    let seen = see(&bench.url("/page")).await;
    (bench, seen)
}

fn facts<'a, T>(seen: &'a Seen, pick: impl Fn(&'a Fact) -> Option<T>) -> Vec<(&'a Event, T)> {
    seen.visit.events.iter().filter_map(|event| Some((event, pick(&event.fact)?))).collect()
}

/// Event, target and means of all listeners.
fn listeners<'a>(seen: &'a Seen) -> Vec<(&'a str, &'a str, ListenMeans)> {
    let of = |fact: &'a Fact| match fact {
        Fact::Listener(listener) => Some((listener.event.as_str(), listener.target.as_str(), listener.means)),
        _ => None,
    };
    facts(seen, of).into_iter().map(|(_, listener)| listener).collect()
}

fn cookie<'a>(seen: &'a Seen, name: &str) -> (&'a Event, &'a Cookie) {
    let found = facts(seen, |fact| match fact {
        Fact::Cookie(cookie) if cookie.name == name => Some(cookie),
        _ => None,
    });
    assert_eq!(found.len(), 1, "{name}: {found:?}");
    found[0]
}

fn writes(seen: &Seen) -> Vec<(&Event, &StorageWrite)> {
    facts(seen, |fact| match fact {
        Fact::Storage(write) => Some(write),
        _ => None,
    })
}

fn calls<'a>(seen: &'a Seen, api: &str) -> Vec<&'a ApiCall> {
    let of = |fact: &'a Fact| match fact {
        Fact::ApiCall(call) if call.api == api => Some(call),
        _ => None,
    };
    facts(seen, of).into_iter().map(|(_, call)| call).collect()
}

fn witnesses(event: &Event) -> Vec<Witness> {
    event.seen_by.iter().collect()
}

/// Neither the planted value nor a gap of our script.
fn assert_whole_and_secret(seen: &Seen) {
    assert!(!has_gap(seen, GapKind::PageWitness), "{:?}", seen.visit.gaps);
    let encoded = format!("{:?}", seen.visit) + &serde_json::to_string(&seen.visit.events).unwrap();
    assert!(!encoded.contains(SECRET));
}

#[tokio::test]
async fn listeners_are_seen_on_what_they_listen() {
    let tag = "function install() {
        document.addEventListener('keydown', () => {});
        for (let i = 0; i < 5; i++) addEventListener('paste', () => {});
        mail.oninput = () => {};
        onblur = () => {};
        document.body.onscroll = () => {};
        document.body.addEventListener('click', { handleEvent() {} });
        new MutationObserver(() => {}).observe(document, { childList: true, subtree: true });
        document.addEventListener('DOMContentLoaded', () => {});
        mail.onchange = null;
        new XMLHttpRequest().addEventListener('input', () => {});
    }
    install();";
    let (bench, seen) = page_with(tag, "<input id=mail type=email name=email>").await;
    let expected = [
        ("keydown", "document", ListenMeans::Listener),
        ("paste", "window", ListenMeans::Listener),
        ("input", "input#mail[type=email][name=email]", ListenMeans::Handler),
        ("blur", "window", ListenMeans::Handler),
        ("scroll", "body", ListenMeans::Handler),
        ("click", "body", ListenMeans::Listener),
        ("mutation", "document (childList subtree)", ListenMeans::Observer),
    ];
    assert_eq!(listeners(&seen), expected);
    for event in seen.visit.events.iter().filter(|event| matches!(event.fact, Fact::Listener(_))) {
        assert_eq!(witnesses(event), [Witness::Page]);
        assert_eq!(event.frame, bench.url("/page"));
        let Fact::Listener(listener) = &event.fact else { unreachable!() };
        let place = (listener.stack[0].function.as_str(), listener.stack[0].url.clone());
        assert_eq!(place, ("install", bench.url("/tag.js")), "{listener:?}");
        assert!(listener.stack[0].line > 0 && listener.stack.len() == 2, "{listener:?}");
        assert_eq!(listener.count, if listener.event == "paste" { 4 } else { 1 });
    }
    assert_whole_and_secret(&seen);
}

#[tokio::test]
async fn reading_a_field_is_seen_and_never_what_stands_in_it() {
    let tag = format!(
        "function snoop() {{ for (const field of document.querySelectorAll('input, textarea, select')) field.value; }}
        for (const field of document.querySelectorAll('input, textarea')) field.value = '{SECRET}';
        snoop(); snoop(); document.createElement('input').value;"
    );
    let body = "<input id=mail type=email><input type=password name=pass><textarea id=text></textarea>
        <select id=list><option>1</select><input type=hidden name=csrf><input type=submit><input type=checkbox>";
    let (bench, seen) = page_with(&tag, body).await;
    let reads = facts(&seen, |fact| match fact {
        Fact::FieldRead(read) => Some((read.field.as_str(), read.count, read.stack[0].url.clone())),
        _ => None,
    });
    let expected = ["input#mail[type=email]", "input[type=password][name=pass]", "textarea#text", "select#list"]
        .map(|field| (field, 2, bench.url("/tag.js")));
    assert_eq!(reads.into_iter().map(|(_, read)| read).collect::<Vec<_>>(), expected);
    assert_whole_and_secret(&seen);
}

#[tokio::test]
async fn a_form_that_is_read_as_a_whole_is_read_field_by_field() {
    let tag = format!(
        "function gather() {{ new FormData(); new FormData(document.forms[0]); }}
        for (const field of document.querySelectorAll('input, textarea')) field.defaultValue = '{SECRET}';
        gather();"
    );
    let body = "<form><input id=mail type=email><fieldset><textarea id=text></textarea></fieldset>
        <select id=list><option>1</select><input type=hidden name=csrf><button>Go</button></form><input id=outside>";
    let (bench, seen) = page_with(&tag, body).await;
    let reads = facts(&seen, |fact| match fact {
        Fact::FieldRead(read) => {
            Some((read.field.as_str(), read.stack[0].function.as_str(), read.stack[0].url.clone()))
        }
        _ => None,
    });
    let expected =
        ["input#mail[type=email]", "textarea#text", "select#list"].map(|field| (field, "gather", bench.url("/tag.js")));
    assert_eq!(reads.into_iter().map(|(_, read)| read).collect::<Vec<_>>(), expected);
    assert_whole_and_secret(&seen);
}

#[tokio::test]
async fn cookies_of_scripts_are_seen_with_who_set_them_and_whether_they_stayed() {
    let tag = format!(
        "function bake() {{
            document.cookie = 'kept={SECRET}; Path=/; Max-Age=600; SameSite=Lax';
            document.cookie = 'kept={SECRET}; Path=/; Max-Age=600; SameSite=Lax';
            document.cookie = 'gone={SECRET}'; document.cookie = 'gone=; Max-Age=0';
            document.cookie = 'rejected={SECRET}; Domain=other.test';
            document.cookie = '{SECRET}';
            cookieStore.set('stored', '{SECRET}');
        }}
        bake();"
    );
    let page = html("<script src=/tag.js></script>").header("set-cookie", format!("http={SECRET}; SameSite=Strict"));
    let bench = Bench::start([("/page", page), ("/tag.js", script(tag))]).await;
    let seen = see(&bench.url("/page")).await;
    let (event, kept) = cookie(&seen, "kept");
    assert_eq!(witnesses(event), [Witness::Page, Witness::Inventory]);
    assert!(event.at_ms.is_some() && event.frame == bench.url("/page"));
    let stack = vec![(kept.stack[0].function.as_str(), kept.stack[0].url.clone())];
    assert_eq!(stack, [("bake", bench.url("/tag.js"))]);
    assert_eq!((kept.path.as_str(), kept.lifetime_s, kept.same_site.as_deref()), ("/", Some(600), Some("Lax")));
    assert_eq!((kept.kept, kept.value_len, kept.domain.as_str()), (Some(true), SECRET.len() as u32, "127.0.0.1"));
    for name in ["gone", "rejected"] {
        let (event, cookie) = cookie(&seen, name);
        assert_eq!((witnesses(event), cookie.kept), (vec![Witness::Page], Some(false)), "{name}");
    }
    assert_eq!(cookie(&seen, "rejected").1.domain, "other.test");
    assert_eq!(cookie(&seen, "").1.value_len, SECRET.len() as u32);
    let (event, stored) = cookie(&seen, "stored");
    assert_eq!(witnesses(event), [Witness::Page, Witness::Inventory]);
    assert_eq!((stored.same_site.as_deref(), stored.lifetime_s), (Some("Strict"), None));
    let (event, http) = cookie(&seen, "http");
    assert_eq!(witnesses(event), [Witness::Browser, Witness::Inventory]);
    assert_eq!((http.same_site.as_deref(), http.path.as_str(), http.kept), (Some("Strict"), "/", Some(true)));
    assert_whole_and_secret(&seen);
}

#[tokio::test]
async fn storage_is_seen_by_both_and_told_once() {
    let tag = format!(
        "function store() {{
            localStorage.setItem('by method', '{SECRET}');
            sessionStorage.setItem('by method', '{SECRET}');
            localStorage.property = '{SECRET}';
            indexedDB.open('database'); indexedDB.open('database');
            caches.open('cache');
        }}
        store();"
    );
    let (bench, seen) = page_with(&tag, "").await;
    let (browser, page, inventory) = (Witness::Browser, Witness::Page, Witness::Inventory);
    let length = SECRET.len() as u32;
    let mut told: Vec<_> = writes(&seen)
        .into_iter()
        .map(|(event, write)| {
            assert_eq!(write.origin, bench.url(""));
            let function = write.stack.first().map_or("", |frame| frame.function.as_str());
            (write.area, write.key.as_str(), write.value_len, function, witnesses(event))
        })
        .collect();
    told.sort_by_key(|write| (write.0, write.1));
    let expected = [
        (StorageArea::Local, "by method", length, "store", vec![browser, page]),
        (StorageArea::Local, "property", length, "", vec![browser]),
        (StorageArea::Session, "by method", length, "store", vec![browser, page]),
        (StorageArea::IndexedDb, "database", 0, "store", vec![page, inventory]),
        (StorageArea::Cache, "cache", 0, "store", vec![page, inventory]),
    ];
    assert_eq!(told, expected);
    assert_whole_and_secret(&seen);
}

#[tokio::test]
async fn fingerprinting_is_seen_with_what_a_judge_needs() {
    let tag = "function print() {
        const canvas = document.createElement('canvas');
        canvas.width = 240; canvas.height = 60;
        const context = canvas.getContext('2d');
        context.fillStyle = 'red'; context.fillRect(0, 0, 9, 9);
        context.fillStyle = '#f60'; context.fillText('glyphs', 2, 15);
        context.fillStyle = '#069'; context.fillText('Cwm fjordbank glyphs', 2, 15);
        canvas.toDataURL(); canvas.toDataURL();
        context.save(); context.restore(); canvas.addEventListener('load', () => {});
        context.getImageData(0, 0, 20, 30);
        for (let i = 0; i < 55; i++) { context.font = `10px f${i}`; context.measureText('mmm'); }
        const gl = document.createElement('canvas').getContext('webgl');
        gl.getParameter(gl.VERSION);
        gl.getParameter(gl.getExtension('WEBGL_debug_renderer_info').UNMASKED_RENDERER_WEBGL);
        gl.getSupportedExtensions();
        const audio = new OfflineAudioContext(1, 4410, 44100);
        audio.createOscillator(); audio.createDynamicsCompressor();
        audio.startRendering().then((buffer) => buffer.getChannelData(0));
        const peer = new RTCPeerConnection();
        peer.createDataChannel(''); peer.createOffer();
        for (const name of ['userAgent', 'language', 'languages', 'platform', 'hardwareConcurrency', 'deviceMemory',
            'plugins', 'cookieEnabled', 'vendor', 'maxTouchPoints', 'doNotTrack', 'product']) navigator[name];
        for (const name in screen) screen[name];
    }
    print(); navigator.userAgent;";
    let (bench, seen) = page_with(tag, "").await;
    let details = |api: &str| calls(&seen, api).iter().map(|call| call.detail.as_str()).collect::<Vec<_>>();
    assert_eq!(details("HTMLCanvasElement.toDataURL"), ["width=240 height=60 chars=19 colors=2 saves=0 listeners=0"]);
    assert_eq!(calls(&seen, "HTMLCanvasElement.toDataURL")[0].count, 2);
    let drawn = "width=240 height=60 chars=19 colors=2 saves=2 listeners=1 area=600";
    assert_eq!(details("CanvasRenderingContext2D.getImageData"), [drawn]);
    assert_eq!(details("CanvasRenderingContext2D.measureText"), ["fonts=50 same_text=50"]);
    assert_eq!(details("WebGLRenderingContext.getParameter"), ["parameter=UNMASKED_RENDERER_WEBGL"]);
    let names = "userAgent,language,languages,platform,hardwareConcurrency,deviceMemory,plugins,cookieEnabled,vendor,\
        maxTouchPoints,doNotTrack,product";
    assert_eq!(details("Navigator"), [format!("properties=12 names={names}")]);
    assert!(details("Screen")[0].starts_with("properties=8 names=availWidth,"), "{:?}", details("Screen"));
    for api in [
        "WebGLRenderingContext.getSupportedExtensions",
        "OfflineAudioContext.startRendering",
        "BaseAudioContext.createOscillator",
        "BaseAudioContext.createDynamicsCompressor",
        "AudioBuffer.getChannelData",
        "RTCPeerConnection.createDataChannel",
        "RTCPeerConnection.createOffer",
    ] {
        assert_eq!(details(api), [""], "{api}");
    }
    let all = facts(&seen, |fact| matches!(fact, Fact::ApiCall(_)).then(|| fact.stack()));
    assert!(all.iter().all(|(_, stack)| stack[0].url == bench.url("/tag.js")), "{all:?}");
    assert_whole_and_secret(&seen);
}

#[tokio::test]
async fn a_page_that_reads_a_property_or_two_is_no_fingerprinter() {
    let tag = "for (let i = 0; i < 50; i++) { navigator.userAgent; navigator.language; screen.width; }
        document.createElement('canvas').getContext('2d').measureText('a');";
    let (_, seen) = page_with(tag, "").await;
    let calls = facts(&seen, |fact| matches!(fact, Fact::ApiCall(_)).then_some(()));
    assert!(calls.is_empty(), "{calls:?}");
    assert_whole_and_secret(&seen);
}

/// Listens, and says where: once for each realm.
const LISTEN: &str = "document.addEventListener('keydown', function listen() {});";

#[tokio::test]
async fn every_frame_is_witnessed_from_its_first_line() {
    assert_frames_witnessed(config()).await;
}

#[tokio::test]
async fn frames_in_processes_of_their_own_are_witnessed_too() {
    assert_frames_witnessed(BrowserConfig { site_isolation: true, ..config() }).await;
}

async fn assert_frames_witnessed(config: BrowserConfig) {
    let frame = |name: &str| html(format!("<title>{name}</title><script>{LISTEN}</script>"));
    let page = format!(
        "<body><script>{LISTEN}</script><iframe src=/same></iframe><iframe srcdoc=\"<script>{LISTEN}</script>\"></iframe>
        <iframe sandbox=allow-scripts src=/sandboxed></iframe><script>
        const cross = document.createElement('iframe');
        cross.src = `http://localhost:${{location.port}}/cross`;
        document.body.append(cross);
        const blank = document.createElement('iframe');
        document.body.append(blank);
        blank.contentDocument.addEventListener('copy', () => {{}});
        </script>"
    );
    let answers: [(&'static str, Answer); 4] =
        [("/page", html(page)), ("/same", frame("same")), ("/sandboxed", frame("s")), ("/cross", frame("cross"))];
    let bench = Bench::start(answers).await;
    let browser = launch(config).await;
    let seen = visit(&browser, &bench.url("/page")).await.unwrap();
    browser.close().await;
    let mut frames: Vec<_> = facts(&seen, |fact| match fact {
        Fact::Listener(listener) => Some(listener.event.as_str()),
        _ => None,
    })
    .into_iter()
    .map(|(event, listened)| (event.frame.clone(), listened))
    .collect();
    frames.sort();
    let mut expected = vec![
        ("about:blank".to_owned(), "copy"),
        ("about:srcdoc".to_owned(), "keydown"),
        (bench.url("/page"), "keydown"),
        (bench.url("/same"), "keydown"),
        (bench.url("/sandboxed"), "keydown"),
        (bench.elsewhere("/cross"), "keydown"),
    ];
    expected.sort();
    assert_eq!(frames, expected);
    assert_whole_and_secret(&seen);
}

#[tokio::test]
async fn workers_are_witnessed_and_frames_sent_from_blobs_are_read() {
    let send = |name: &str| {
        format!(
            "const socket = new WebSocket(`ws://${{location.host}}/ws?{name}`);
            socket.onopen = () => {{
                socket.send(new Blob(['{name} ', new Uint8Array([0, 255]), 'one']));
                socket.send(new Uint8Array(0));
                socket.send('text');
                socket.send(new Blob(['{name} two']));
            }};
            indexedDB.open('{name}');"
        )
    };
    let page = format!("<script>{{ {} }} new Worker('/worker.js')</script>", send("page"));
    let bench = Bench::start([("/page", html(page)), ("/worker.js", script(send("worker")))]).await;
    let seen = see(&bench.url("/page")).await;
    for (name, frame) in [("page", "/page"), ("worker", "/worker.js")] {
        let databases = writes(&seen).into_iter().filter(|(_, write)| write.key == name);
        let frames: Vec<_> = databases.map(|(event, _)| event.frame.clone()).collect();
        assert_eq!(frames, [bench.url(frame)], "{name}");
        let socket = seen.visit.events.iter().find(
            |event| matches!(&event.fact, Fact::Request(request) if request.url.ends_with(&format!("/ws?{name}"))),
        );
        let socket = socket.unwrap().seq;
        let sent = facts(&seen, |fact| match fact {
            Fact::SocketFrame(sent) if sent.request == socket && sent.direction == earshot_model::Direction::Sent => {
                Some(sent.body.excerpt.clone())
            }
            _ => None,
        });
        let sent: Vec<_> =
            sent.into_iter().map(|(event, body)| (body, event.seen_by.contains(Witness::Page))).collect();
        let expected = [
            ([name.as_bytes(), &[b' ', 0, 255], b"one"].concat(), true),
            (Vec::new(), true),
            (b"text".to_vec(), false),
            (format!("{name} two").into_bytes(), true),
        ];
        assert_eq!(sent, expected, "{name}");
    }
    assert!(seen.visit.gaps.is_empty(), "{:?}", seen.visit.gaps);
}

#[tokio::test]
async fn a_flood_is_cut_and_says_so() {
    let tag = "for (let i = 0; i < 2000; i++) document.addEventListener('keydown', () => {});
        for (let i = 0; i < 200; i++) {
            const field = document.createElement('input');
            field.id = `field${i}`;
            document.body.append(field);
            field.addEventListener('input', () => {});
        }
        for (let i = 0; i < 1e6; i++) navigator.userAgent;
        for (let i = 0; i < 1e5; i++) first.value;";
    let (_, seen) = page_with(tag, "<input id=first>").await;
    let counts = facts(&seen, |fact| match fact {
        Fact::Listener(listener) if listener.event == "keydown" => Some(listener.count),
        _ => None,
    });
    assert_eq!(counts.into_iter().map(|(_, count)| count).collect::<Vec<_>>(), [256]);
    let fields: Vec<_> = listeners(&seen).into_iter().filter(|listener| listener.0 == "input").collect();
    assert_eq!((fields.len(), fields.last().unwrap().1), (25, "*"));
    let gaps: Vec<_> = seen.visit.gaps.iter().filter(|gap| gap.kind == GapKind::PageWitness).collect();
    for what in ["listener keydown", "Navigator.userAgent", "value"] {
        assert!(gaps.iter().any(|gap| gap.detail.contains(&format!(": {what} happened"))), "{what}: {gaps:?}");
    }
    assert_eq!(gaps.len(), 3, "{gaps:?}");
}

#[tokio::test]
async fn page_times_are_those_of_the_browser() {
    alone();
    let tag =
        "setTimeout(() => { fetch('/log/now'); localStorage.setItem('now', 1); document.onkeyup = () => {} }, 300)";
    let (_, seen) = page_with(tag, "").await;
    let at = |wanted: &dyn Fn(&Fact) -> bool| {
        seen.visit.events.iter().find(|event| wanted(&event.fact)).unwrap().at_ms.unwrap()
    };
    let asked = at(&|fact| matches!(fact, Fact::Request(request) if request.url.ends_with("/log/now")));
    for told in [at(&|fact| matches!(fact, Fact::Storage(_))), at(&|fact| matches!(fact, Fact::Listener(_)))] {
        assert!((told - asked).abs() < 250.0, "the request was made at {asked} ms, what followed at {told} ms");
    }
}
