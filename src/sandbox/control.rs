//! The side door `/_sandbox`: for tests, and for those who want to see behind the scenes.
//!
//! Neither limited nor logged, and without a token: whoever reaches loopback may look.

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use super::document::Site;
use super::due::Faults;
use super::faults::Fault;
use super::server::{Shared, State};
use super::switches::Switches;

/// Where the door is.
pub(super) const DOOR: &str = "/_sandbox/";

/// What `PUT faults` takes apart from a list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Storm {
    seed: u64,
    requests: u64,
}

/// Answers a request to the door; `name` is what follows it in the path.
pub(super) fn answer(shared: &Shared, method: &str, name: &str, body: &[u8]) -> Response {
    match respond(shared, method, name, body) {
        Ok(text) if text.is_empty() => reply(StatusCode::NO_CONTENT, text),
        Ok(text) => reply(StatusCode::OK, text),
        Err((status, problem)) => reply(status, format!("{}\n", json!({"error": problem}))),
    }
}

fn respond(shared: &Shared, method: &str, name: &str, body: &[u8]) -> Result<String, (StatusCode, String)> {
    let mut state = shared.state();
    let State { site, limiter: _, log, faults, history: _ } = &mut *state;
    match (method, name) {
        ("GET", "state") => return Ok(site.to_json()),
        ("GET", "log") => {
            let text = serde_json::to_string_pretty(log.entries());
            return Ok(text.expect("string keys and plain values only"));
        }
        ("DELETE", "log") => log.clear(),
        ("PUT", "state") => *site = read_site(body)?,
        ("PUT", "switches") => {
            site.switches = serde_json::from_slice::<Switches>(body).map_err(bad)?;
        }
        ("PUT", "faults") => *faults = Faults::new(read_faults(body)?, site),
        _ => {
            let problem = "there are GET|PUT state, GET|DELETE log, PUT switches, PUT faults".to_owned();
            return Err((StatusCode::NOT_FOUND, problem));
        }
    }
    if matches!(name, "state" | "switches") {
        let failed = |error: std::io::Error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string());
        shared.save(site).map_err(failed)?;
    }
    Ok(String::new())
}

fn read_site(body: &[u8]) -> Result<Site, (StatusCode, String)> {
    let text = std::str::from_utf8(body).map_err(bad)?;
    Site::from_json(text).map_err(bad)
}

fn read_faults(body: &[u8]) -> Result<Vec<Fault>, (StatusCode, String)> {
    if body.trim_ascii_start().starts_with(b"{") {
        let Storm { seed, requests } = serde_json::from_slice(body).map_err(bad)?;
        return Ok(Fault::storm(seed, requests));
    }
    serde_json::from_slice(body).map_err(bad)
}

fn bad(error: impl std::fmt::Display) -> (StatusCode, String) {
    (StatusCode::BAD_REQUEST, error.to_string())
}

fn reply(status: StatusCode, text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let json = axum::http::HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(axum::http::header::CONTENT_TYPE, json);
    response
}
