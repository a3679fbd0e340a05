use earshot_model::{Cookie, Fact, StorageArea};

use crate::{
    bench::{Bench, html, redirect},
    chromium::see,
};

/// Planted as the value of every cookie and every stored item.
const SECRET: &str = "s3cr3t-pl4nted-v4lue";

#[tokio::test]
async fn cookies_are_seen_with_who_set_them_and_never_with_their_value() {
    let bench = Bench::start([
        ("/page", html(page()).header("set-cookie", format!("first={SECRET}; Max-Age=60; HttpOnly"))),
        ("/hop", redirect("/log/landed").header("set-cookie", format!("hop={SECRET}"))),
        ("/bad", html("").header("set-cookie", format!("bad={SECRET}; Domain=other.test"))),
    ])
    .await;
    let seen = see(&bench.url("/page")).await;
    let cookie = |name: &str| -> Cookie {
        let cookies = seen.visit.events.iter().filter_map(|event| match &event.fact {
            Fact::Cookie(cookie) if cookie.name == name => Some(cookie.clone()),
            _ => None,
        });
        let mut cookies: Vec<_> = cookies.collect();
        assert_eq!(cookies.len(), 1, "{name}: {cookies:?}");
        cookies.remove(0)
    };
    let set_by = |cookie: &Cookie| match &seen.visit.events[cookie.set_by.unwrap() as usize].fact {
        Fact::Request(request) => request.url.clone(),
        other => panic!("{other:?}"),
    };
    let first = cookie("first");
    assert_eq!((first.http_only, first.lifetime_s, first.value_len), (true, Some(60), SECRET.len() as u32));
    assert_eq!((first.domain.as_str(), set_by(&first)), ("127.0.0.1", bench.url("/page")));
    assert_eq!(set_by(&cookie("hop")), bench.url("/hop"));
    assert_eq!(cookie("bad").blocked.as_deref(), Some("InvalidDomain"));
    let scripted = cookie("scripted");
    assert_eq!((scripted.set_by, scripted.http_only, scripted.lifetime_s), (None, false, None));
    assert!(!format!("{:?}", seen.visit).contains(SECRET));
}

#[tokio::test]
async fn writes_to_web_storage_are_seen_and_never_with_their_value() {
    let bench = Bench::start([("/page", html(page()))]).await;
    let seen = see(&bench.url("/page")).await;
    let mut writes: Vec<_> = seen
        .visit
        .events
        .iter()
        .filter_map(|event| match &event.fact {
            Fact::Storage(write) => Some((write.area, write.key.as_str(), write.value_len, write.origin.as_str())),
            _ => None,
        })
        .collect();
    // The two areas tell of their writes independently.
    writes.sort_by_key(|write| write.0 == StorageArea::Session);
    let (length, origin) = (SECRET.len() as u32, bench.url(""));
    let expected = [
        (StorageArea::Local, "kept", length, origin.as_str()),
        (StorageArea::Local, "kept", length * 2, origin.as_str()),
        (StorageArea::Session, "passing", length + 1, origin.as_str()),
    ];
    assert_eq!(writes, expected);
    assert!(!format!("{:?}", seen.visit).contains(SECRET));
}

fn page() -> String {
    format!(
        "<script>
        document.cookie = 'scripted={SECRET}';
        document.cookie = 'gone={SECRET}'; document.cookie = 'gone=; Max-Age=0';
        localStorage.setItem('kept', '{SECRET}');
        sessionStorage.passing = '{SECRET}ü';
        localStorage.setItem('kept', '{SECRET}{SECRET}');
        fetch('/hop'); fetch('/bad');
        </script>"
    )
}
