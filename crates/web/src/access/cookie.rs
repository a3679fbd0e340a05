//! The cookie in which a browser keeps a token: no script reads it, and no other site makes a browser send it.

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie, SameSite};

use crate::Token;

/// Its name. Browsers take the second only by https, for the whole host and for no other.
const NAMES: [&str; 2] = ["earshot", "__Host-earshot"];

/// The token that a browser keeps, if it has the form of one.
pub(crate) fn given(headers: &HeaderMap, https: bool) -> Option<Token> {
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let mut all = all.flat_map(Cookie::split_parse).filter_map(Result::ok);
    Token::parse(all.find(|cookie| cookie.name() == NAMES[usize::from(https)])?.value())
}

/// Has it kept until the browser ends.
pub(crate) fn kept(token: &Token, https: bool) -> HeaderValue {
    header(cookie(token.reveal(), https))
}

/// Has it thrown away.
pub(crate) fn dropped(https: bool) -> HeaderValue {
    let mut cookie = cookie("", https);
    cookie.make_removal();
    header(cookie)
}

fn cookie(value: &str, https: bool) -> Cookie<'_> {
    let cookie = Cookie::build((NAMES[usize::from(https)], value));
    cookie.path("/").http_only(true).same_site(SameSite::Strict).secure(https).build()
}

fn header(cookie: Cookie<'_>) -> HeaderValue {
    let mut value = HeaderValue::try_from(cookie.to_string()).expect("a token is base64url");
    value.set_sensitive(true);
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back_and_is_for_nobody_else() {
        let token = Token::generate();
        for (https, name) in [(false, "earshot="), (true, "__Host-earshot=")] {
            let kept = kept(&token, https).to_str().unwrap().to_owned();
            assert!(kept.starts_with(name) && kept.contains("; HttpOnly; SameSite=Strict"), "{kept}");
            assert_eq!(kept.contains("; Secure"), https, "{kept}");
            let mut headers = HeaderMap::new();
            let sent = format!("other=1; {}", kept.split(';').next().unwrap());
            headers.insert(header::COOKIE, sent.parse().unwrap());
            assert_eq!(given(&headers, https), Some(token.clone()));
            assert_eq!(given(&headers, !https), None);
            assert!(dropped(https).to_str().unwrap().contains("Max-Age=0"));
        }
    }
}
