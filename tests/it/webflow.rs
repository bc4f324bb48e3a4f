//! The client against servers on loopback.

mod against_sandbox;
mod odd_answers;
pub(crate) mod scripted;
mod sending;
mod trying_again;

use std::time::Duration;

use slugline::webflow::{Client, Options, PageUpdate, Token};

/// The token of these tests. No error may show it.
const TOKEN: &str = "s3cr3t-t0ken/with+odd=characters";

fn options(url: &str) -> Options {
    Options {
        base_url: url.parse().unwrap(),
        request_timeout: Duration::from_secs(60),
        // A pause of a minute takes 0.3 s, a backoff of a second 5 ms.
        minute: Duration::from_millis(300),
        ..Options::new(Token::new(TOKEN.to_owned()).unwrap())
    }
}

fn client(url: &str) -> Client {
    Client::new(options(url)).unwrap()
}

fn update() -> PageUpdate {
    serde_json::from_value(serde_json::json!({"seo": {"title": "New"}})).unwrap()
}
