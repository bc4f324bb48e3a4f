//! The errors as a caller and a reader see them.

use super::*;

fn request(endpoint: Endpoint, method: &'static str) -> RequestLine {
    RequestLine { endpoint, method, target: "/v2/pages/x".to_owned() }
}

fn answered(endpoint: Endpoint, status: u16) -> Error {
    let message = "Some message".to_owned();
    Error::of_status(Answer { request: request(endpoint, "PUT"), status, code: None, message, details: Vec::new() })
}

#[test]
fn a_definite_answer_settles_a_write_and_the_rest_does_not() {
    for status in [400, 401, 403, 404, 409, 413, 422, 429] {
        assert_eq!(answered(Endpoint::UpdatePage, status).outcome(), WriteOutcome::Refused, "{status}");
    }
    for status in [100, 408, 499, 500, 502, 503, 504, 599] {
        assert_eq!(answered(Endpoint::UpdatePage, status).outcome(), WriteOutcome::Unknown, "{status}");
    }
}

#[test]
fn a_bulk_update_that_is_refused_may_have_been_done_in_part() {
    for status in [400, 404, 409] {
        assert_eq!(answered(Endpoint::UpdatePages, status).outcome(), WriteOutcome::Unknown);
    }
    for status in [401, 403, 429] {
        assert_eq!(answered(Endpoint::UpdatePages, status).outcome(), WriteOutcome::Refused);
    }
}

#[test]
fn what_was_not_answered_is_unknown_unless_it_was_not_sent() {
    let request = || request(Endpoint::UpdatePage, "PUT");
    let cause = String::new;
    for unknown in [
        Error::Timeout { request: request(), after: Duration::from_secs(30) },
        Error::Interrupted { request: request(), cause: cause() },
        Error::UnexpectedShape { request: request(), status: 200, cause: cause() },
        Error::NotJson { request: request(), status: 200, content_type: None, excerpt: cause() },
        Error::TooLarge { request: request(), limit: 1 },
    ] {
        assert_eq!(unknown.outcome(), WriteOutcome::Unknown, "{unknown}");
        assert!(unknown.is_unavailable());
    }
    for unsent in [
        Error::Connect { request: request(), base: "https://api.webflow.com".to_owned(), cause: cause() },
        Error::Expired { request: request() },
        Error::InvalidId { id: cause() },
        Error::Setup { cause: cause() },
    ] {
        assert_eq!(unsent.outcome(), WriteOutcome::NotSent, "{unsent}");
    }
}

#[test]
fn the_hint_names_the_scope_of_the_request() {
    for (endpoint, scope) in [
        (Endpoint::Sites, "sites:read"),
        (Endpoint::Site, "sites:read"),
        (Endpoint::Pages, "pages:read"),
        (Endpoint::Page, "pages:read"),
        (Endpoint::UpdatePage, "pages:write"),
        (Endpoint::UpdatePages, "pages:write"),
        (Endpoint::Publish, "sites:write"),
    ] {
        let error = answered(endpoint, 403);
        assert!(error.is_authorization());
        assert!(error.hint().unwrap().contains(scope));
    }
}

#[test]
fn messages_are_one_line_without_a_period() {
    let request = || request(Endpoint::UpdatePage, "PUT");
    let excerpt = "<html>".to_owned();
    let messages = [
        answered(Endpoint::UpdatePage, 401),
        answered(Endpoint::UpdatePage, 429),
        Error::Redirected { request: request(), status: 302, location: "https://a.example/".to_owned() },
        Error::Timeout { request: request(), after: Duration::from_millis(1500) },
        Error::Connect {
            request: request(),
            base: "https://api.webflow.com".to_owned(),
            cause: "connection refused".to_owned(),
        },
        Error::NotJson { request: request(), status: 200, content_type: Some("text/html".to_owned()), excerpt },
        Error::TooLarge { request: request(), limit: 32_000_000 },
        Error::Expired { request: request() },
    ]
    .map(|error| error.to_string())
    .join("\n");
    insta::assert_snapshot!(messages, @r"
    `PUT /v2/pages/x` answered 401 unauthorized: Some message
    `PUT /v2/pages/x` answered 429 too many requests: Some message; gave up after 1 tries
    `PUT /v2/pages/x` answered 302, a redirect to `https://a.example/`
    `PUT /v2/pages/x` had no answer within 1.5 s
    `PUT /v2/pages/x` was not sent, no connection to `https://api.webflow.com`: connection refused
    `PUT /v2/pages/x` answered 200 with `text/html` in place of JSON: <html>
    `PUT /v2/pages/x` answered with more than 32 MB
    `PUT /v2/pages/x` was not sent, its turn came too late
    ");
}
