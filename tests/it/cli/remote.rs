//! A remote that cannot be used: no token, a token that may not, no server, something that is no API.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};

use insta::assert_snapshot;
use serde_json::json;

use super::environment::TestEnvironment;
use super::galaxy::{self, GUIDE, GUIDE_CHANGED};

#[test]
fn no_token() {
    let mut environment = TestEnvironment::with_pages([("guide.yaml", GUIDE)]);
    environment.unset("WEBFLOW_TOKEN");
    assert_snapshot!(environment.run("plan").wrote_nothing(), @"
    exit: 5
    files: none
    writes: none
    --- stdout
    --- stderr
    error: no token: `WEBFLOW_TOKEN` is not set
      hint: make a site token with the scopes sites:read, pages:read and pages:write in the site's settings under Apps & integrations, and put it in `WEBFLOW_TOKEN`; or try `--sandbox`, which needs none
    ");
    assert_eq!(environment.log(), []);
}

#[test]
fn a_wrong_token() {
    let mut environment = TestEnvironment::with_pages([("guide.yaml", GUIDE)]);
    environment.set("WEBFLOW_TOKEN", "wrong-token-123");
    let ran = environment.run("plan");
    assert_snapshot!(ran.wrote_nothing(), @"
    exit: 5
    files: none
    writes: none
    --- stdout
    --- stderr
    error: `GET /v2/token/introspect` answered 401 unauthorized: Request not authorized
      hint: the token is wrong, revoked, or of another site; a site token expires after a year without use
    ");
    assert!(!ran.stderr.contains("wrong-token-123"));
}

#[test]
fn a_token_that_can_be_none() {
    let mut environment = TestEnvironment::with_pages([("guide.yaml", GUIDE)]);
    environment.set("WEBFLOW_TOKEN", "two words");
    let ran = environment.run("plan");
    assert_snapshot!(ran.wrote_nothing(), @"
    exit: 5
    files: none
    writes: none
    --- stdout
    --- stderr
    error: `WEBFLOW_TOKEN` cannot be used: the API token holds a character that no token has (a space, a line break or a non-ASCII character)
      hint: put the token there as Webflow showed it, and nothing else
    ");
    assert!(!ran.stderr.contains("two words"));
}

#[test]
fn an_empty_token_is_none() {
    let mut environment = TestEnvironment::with_pages([("guide.yaml", GUIDE)]);
    environment.set("WEBFLOW_TOKEN", "");
    assert_eq!(environment.run("plan").exit, 5);
}

#[test]
fn a_token_from_a_file_and_from_the_other_variable() {
    let mut environment = TestEnvironment::with_pages([("guide.yaml", GUIDE)]);
    environment.unset("WEBFLOW_TOKEN");
    environment.set("WEBFLOW_API_TOKEN", super::environment::TOKEN);
    assert_eq!(environment.run("plan").exit, 0);
    environment.unset("WEBFLOW_API_TOKEN");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, format!("{}\n", super::environment::TOKEN)).unwrap();
    environment.set("WEBFLOW_TOKEN_FILE", &file);
    assert_eq!(environment.run("plan").exit, 0);
}

#[test]
fn a_token_file_that_does_not_exist() {
    let mut environment = TestEnvironment::with_pages([("guide.yaml", GUIDE)]);
    environment.unset("WEBFLOW_TOKEN");
    environment.set("WEBFLOW_TOKEN_FILE", "/nowhere/token");
    assert_snapshot!(environment.run("plan").wrote_nothing(), @"
    exit: 5
    files: none
    writes: none
    --- stdout
    --- stderr
    error: the file `/nowhere/token` named by `WEBFLOW_TOKEN_FILE` cannot be read: No such file or directory (os error [N])
      hint: put the token there as Webflow showed it, and nothing else
    ");
}

#[test]
fn a_token_file_that_is_empty() {
    let mut environment = TestEnvironment::with_pages([("guide.yaml", GUIDE)]);
    environment.unset("WEBFLOW_TOKEN");
    environment.write("token.txt", "\n");
    environment.set("WEBFLOW_TOKEN_FILE", "token.txt");
    assert_snapshot!(environment.run("plan").wrote_nothing(), @"
    exit: 5
    files: none
    writes: none
    --- stdout
    --- stderr
    error: `token.txt` cannot be used: the API token is empty
      hint: put the token there as Webflow showed it, and nothing else
    ");
}

/// Returns a project whose token has these scopes only.
fn with_scopes(scopes: &[&str]) -> TestEnvironment {
    let mut site = galaxy::site();
    site["tokens"][0]["scopes"] = json!(scopes);
    let environment = TestEnvironment::serving(&site);
    environment.write("pages/guide.yaml", GUIDE_CHANGED);
    environment
}

#[test]
fn a_token_that_may_not_write_plans_and_does_not_apply() {
    let environment = with_scopes(&["sites:read", "pages:read"]);
    let site = environment.site();
    assert_eq!(environment.run("plan -o plan.json").exit, 0);
    let ran = environment.run("apply plan.json");
    assert_snapshot!(ran, @"
    exit: 5
    files: none
    writes: PUT pgGuide primary 403
    --- stdout
    Galaxy (siteGalaxy)

    /guide
      en-US
        seo.title  pages/guide.yaml:6:14
          - The Guide
          + The {+Ultimate +}Guide
          moves along in fr-FR, ja-JP, which inherit it

    Plan: 1 field to change in 1 page-locale of 1 page; 1 request to send.
    /guide @ en-US: not written: `PUT /v2/pages/pgGuide` answered 403 forbidden: Provided access token is valid, but is missing the required scopes (pages:write)
    hint: this request needs a token with the scope `pages:write`; scopes are chosen when a token is made, in the site's settings under Apps & integrations
    stopped: the token is not accepted; 0 requests not sent
    Applied: 1 failed of 1 request.
    --- stderr
    stopping: the token is not accepted
    [1/1] /guide @ en-US: failed
    Recorded as [RUN] `slugline apply --api-url http://[SERVER] --resume=[RUN]` goes on with it, `slugline undo --api-url http://[SERVER] [RUN]` takes it back.
    ");
    assert_eq!(environment.site(), site);
}

#[test]
fn a_token_that_may_not_read_pages() {
    let environment = with_scopes(&["sites:read", "pages:write"]);
    assert_snapshot!(environment.run("plan").wrote_nothing(), @"
    exit: 5
    files: none
    writes: none
    --- stdout
    --- stderr
    error: `GET /v2/sites/siteGalaxy/pages?limit=100&offset=0` answered 403 forbidden: Provided access token is valid, but is missing the required scopes (pages:read)
      hint: this request needs a token with the scope `pages:read`; scopes are chosen when a token is made, in the site's settings under Apps & integrations
    ");
}

#[test]
fn a_token_that_may_not_read_sites() {
    let environment = with_scopes(&["pages:read", "pages:write"]);
    assert_snapshot!(environment.run("plan").wrote_nothing(), @"
    exit: 5
    files: none
    writes: none
    --- stdout
    --- stderr
    error: `GET /v2/sites/siteGalaxy` answered 403 forbidden: Provided access token is valid, but is missing the required scopes (sites:read)
      hint: this request needs a token with the scope `sites:read`; scopes are chosen when a token is made, in the site's settings under Apps & integrations
    ");
}

#[test]
fn an_unknown_site() {
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE)]);
    environment.write("slugline.yaml", "version: 1\nsite: siteOther\n");
    assert_snapshot!(environment.run("plan").wrote_nothing(), @"
    exit: 5
    files: none
    writes: none
    --- stdout
    --- stderr
    error: `GET /v2/sites/siteOther` answered 404 not found: Requested resource not found: The site cannot be found
      hint: check the site id, and that the token is a token of that site
    ");
}

#[test]
fn a_refused_connection() {
    // Taken, so that no other test gets it, and nobody listens.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let port = socket.local_addr().unwrap().port();
    let mut environment = TestEnvironment::with_pages([("guide.yaml", GUIDE)]);
    environment.hide(&format!("127.0.0.1:{port}"), "[CLOSED]");
    let url = format!("http://127.0.0.1:{port}");
    // How long it waits between its tries differs from run to run, and so does what it says of that.
    assert_snapshot!(environment.run_with(&["plan", "-q", "--api-url", &url], "").wrote_nothing(), @"
    exit: 5
    files: none
    writes: none
    --- stdout
    --- stderr
    error: `GET /v2/token/introspect` was not sent, no connection to `http://[CLOSED]`: tcp connect error: Connection refused (os error [N])
      hint: check the network, and the proxy if there is one (`HTTPS_PROXY`, `NO_PROXY`)
    ");
}

/// Starts a server that gives every request the same answer; it ends with the test's process.
fn answering(answer: &'static str) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            // A request without a body is read in one go, as small as it is.
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    url
}

#[test]
fn a_server_that_answers_html() {
    let url = answering(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 39\r\nConnection: close\r\n\r\n\
         <html><title>Wi-Fi login</title></html>",
    );
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE)]);
    assert_snapshot!(environment.run_with(&["plan", "--api-url", &url], "").wrote_nothing(), @"
    exit: 5
    files: none
    writes: none
    --- stdout
    --- stderr
    error: `GET /v2/sites/siteGalaxy` answered 200 with `text/html` in place of JSON: <html><title>Wi-Fi login</title></html>
      hint: this is not the API answering; check the API address and the proxy
    ");
}

#[test]
fn a_redirect() {
    let url = answering(
        "HTTP/1.1 302 Found\r\nLocation: https://evil.example/v2\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    );
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE)]);
    assert_snapshot!(environment.run_with(&["plan", "--api-url", &url], "").wrote_nothing(), @"
    exit: 5
    files: none
    writes: none
    --- stdout
    --- stderr
    error: `GET /v2/sites/siteGalaxy` answered 302, a redirect to `https://evil.example/v2`
      hint: redirects are not followed, because they would carry the token along; set the API address to the final one
    ");
}

#[test]
fn a_server_that_answers_with_the_token() {
    let answer = format!(
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
        super::environment::TOKEN.len(),
        super::environment::TOKEN
    );
    let url = answering(answer.leak());
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE)]);
    assert_snapshot!(environment.run_with(&["plan", "--api-url", &url], "").wrote_nothing(), @"
    exit: 5
    files: none
    writes: none
    --- stdout
    --- stderr
    error: `GET /v2/sites/siteGalaxy` answered 400 bad request: ***
    ");
}

#[test]
fn a_server_that_colors_the_terminal() {
    let url = answering(
        "HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: 25\r\nConnection: close\r\n\r\n\
         \x1b[2J\x1b[31mYou have won\x1b[0m",
    );
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE)]);
    let ran = environment.run_with(&["plan", "--api-url", &url], "");
    assert_snapshot!(ran.wrote_nothing(), @"
    exit: 5
    files: none
    writes: none
    --- stdout
    --- stderr
    error: `GET /v2/sites/siteGalaxy` answered 403 forbidden: [2J[31mYou have won[0m
      hint: this request needs a token with the scope `sites:read`; scopes are chosen when a token is made, in the site's settings under Apps & integrations
    ");
    assert!(!ran.stderr.contains('\x1b'));
}
