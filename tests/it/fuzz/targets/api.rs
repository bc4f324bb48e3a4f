//! Answers of the API, through the client and a server on loopback: what is accepted is what the answer says, what cannot
//! be read is marked, and an error is one short line without the token.
//!
//! The first byte of an input chooses the request, the rest is the answer.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use serde_json::Value as Json;
use slugline::live;
use slugline::model::{Field, Kind, Value};
use slugline::render::escape;
use slugline::webflow::{Client, Error, Options, Page, PageUpdate, Token, Wait};
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

const PAGE: &str = "6596da6045e56dee495bcbba";
const SITE: &str = "6258612d1ee792848f805dcf";
const TOKEN: &str = "s3cr3t-t0ken";
const STATUSES: [u16; 11] = [400, 401, 403, 404, 409, 410, 418, 422, 500, 502, 503];
/// The longest pause before a request is sent again.
const LONGEST_PAUSE: Duration = Duration::from_secs(120);
/// A request on loopback takes less than a millisecond, and its retries a few.
const PATIENCE: Duration = Duration::from_secs(20);
/// A longer list takes more requests than a fuzz run has time for.
const LONGEST_LIST: u64 = 2_000;

pub(super) fn holds(input: &[u8]) {
    let Some((kind, answer)) = input.split_first() else { return };
    SERVER.with(|server| match kind {
        b'p' => server.page(answer),
        b'l' => server.list(answer),
        b's' => server.site(answer),
        b'i' => server.introspection(answer),
        b'v' => server.live(answer),
        b'r' => server.retry_after(answer),
        _ => server.refusal(*kind, answer),
    });
}

/// A server that gives every request the same answer, but may have one of its own for lists.
struct Server {
    runtime: Runtime,
    options: Options,
    client: Client,
    script: Arc<Mutex<Script>>,
}

#[derive(Default)]
struct Script {
    head: String,
    body: Vec<u8>,
    list: Option<Vec<u8>>,
}

thread_local! {
    static SERVER: Server = Server::start();
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let script = Arc::new(Mutex::new(Script::default()));
        let shared = Arc::clone(&script);
        // The thread ends with the process.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                thread::spawn(move || serve(&stream, &shared));
            }
        });
        let token = Token::new(TOKEN.to_owned()).unwrap();
        // A backoff of a second takes 0.1 ms.
        let minute = Duration::from_millis(6);
        let options = Options { base_url: url.parse().unwrap(), minute, ..Options::new(token) };
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let client = Client::new(options.clone()).unwrap();
        Self { runtime, options, client, script }
    }

    fn answers(&self, head: String, body: &[u8], list: Option<&[u8]>) {
        let script = Script { head, body: body.to_vec(), list: list.map(<[u8]>::to_vec) };
        *self.script.lock().unwrap_or_else(PoisonError::into_inner) = script;
    }

    fn succeeds(&self, body: &[u8]) {
        self.answers(success(), body, None);
    }

    /// Waits for a request to end, which it does whatever the answer is.
    fn run<T>(&self, request: impl Future<Output = T>) -> T {
        self.runtime.block_on(async { timeout(PATIENCE, request).await.expect("the request ends") })
    }

    fn page(&self, body: &[u8]) {
        self.succeeds(body);
        match self.run(self.client.reader().page(PAGE, None)) {
            Ok(page) => {
                assert_eq!(page.id, PAGE, "an answer about another page is accepted");
                holds_in_page(&page, &json(body));
            }
            Err(error) => holds_in_error(&error),
        }
    }

    fn list(&self, body: &[u8]) {
        self.succeeds(body);
        match self.run(self.client.reader().list_pages(SITE, None, 0)) {
            // The client leaves out a string that is not valid text. Another reader takes nothing of such a body.
            Ok(_) if json(body).is_null() => {}
            Ok(list) => {
                let pages = json(body)["pages"].as_array().cloned().unwrap_or_default();
                assert_eq!(list.pages.len(), pages.len(), "pages are lost");
                list.pages.iter().zip(&pages).for_each(|(page, json)| holds_in_page(page, json));
            }
            Err(error) => holds_in_error(&error),
        }
    }

    fn site(&self, body: &[u8]) {
        self.succeeds(body);
        match self.run(self.client.reader().site(SITE)) {
            Ok(_) if json(body).is_null() => {}
            Ok(site) => {
                let json = json(body);
                assert_eq!(json["id"], site.id.as_str());
                assert_eq!(site.id, SITE, "an answer about another site is accepted");
                let locales = site.locales.unwrap_or_default();
                locales.primary.iter().chain(&locales.secondary).for_each(|locale| is_id(&locale.id));
                let secondary = json["locales"]["secondary"].as_array().map_or(0, Vec::len);
                assert_eq!(locales.secondary.len(), secondary, "locales are lost");
                for (locale, json) in
                    locales.secondary.iter().zip(0..).map(|(it, at)| (it, &json["locales"]["secondary"][at]))
                {
                    assert_eq!(json["id"], locale.id.as_str());
                    assert!(locale.tag.is_none() || json["tag"].as_str() == locale.tag.as_deref(), "{locale:?} {json}");
                }
            }
            Err(error) => holds_in_error(&error),
        }
    }

    /// Reads what a token may do. Whatever rate limit the answer names, the client can send another request.
    fn introspection(&self, body: &[u8]) {
        self.succeeds(body);
        let client = Client::new(self.options.clone()).unwrap();
        let outcome = self.run(client.reader().introspect());
        match outcome {
            Ok(found) => {
                let scopes = found.authorization.scopes;
                assert!(scopes.iter().all(|scope| !scope.is_empty() && !scope.contains(',')), "{scopes:?}");
                let limit = found.authorization.rate_limit.map(Json::from);
                let json = json(body);
                assert!(json.is_null() || limit.is_none_or(|limit| json["authorization"]["rateLimit"] == limit));
            }
            Err(error) => holds_in_error(&error),
        }
        let page = format!(r#"{{"id":"{PAGE}"}}"#);
        self.succeeds(page.as_bytes());
        assert!(self.run(client.reader().page(PAGE, None)).is_ok(), "the client sends no more requests");
    }

    /// Reads a whole site: its answer stands before a NUL, that for every list of pages behind it.
    fn live(&self, answers: &[u8]) {
        let mut answers = answers.splitn(2, |byte| *byte == 0);
        let [site, list] = [answers.next().unwrap_or_default(), answers.next().unwrap_or_default()];
        let total = json(list)["pagination"]["total"].as_u64().unwrap_or_default();
        let locales = json(site)["locales"]["secondary"].as_array().map_or(0, Vec::len);
        if json(site).is_null() || json(list).is_null() || total > LONGEST_LIST || locales > 8 {
            return;
        }
        self.answers(success(), site, Some(list));
        let concurrency = NonZeroUsize::new(4).unwrap();
        match self.run(live::read(&self.client.reader(), &SITE.into(), concurrency)) {
            Ok(live) => {
                let pages = json(list)["pages"].as_array().cloned().unwrap_or_default();
                let ids: BTreeSet<&str> = pages.iter().filter_map(|page| page["id"].as_str()).collect();
                assert!(live.pages.keys().all(|id| ids.contains(id.as_str())), "{:?}", live.pages.keys());
                for page in live.pages.values() {
                    assert!(live.known_path(page).as_str().len() <= 3 + list.len());
                    assert!(page.locales.len() <= 1 + locales);
                }
            }
            Err(error) => is_short_and_clean(&error.to_string()),
        }
    }

    /// Has a 429 ask for a pause. The client says how long it waits, and never waits long.
    fn retry_after(&self, value: &[u8]) {
        let value: String =
            String::from_utf8_lossy(value).chars().filter(|it| !it.is_control() && it.is_ascii()).collect();
        let head = format!("HTTP/1.1 429 Too Many Requests\r\nRetry-After: {value}\r\n");
        self.answers(head, b"{}", None);
        let waits = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&waits);
        let on_wait = Arc::new(move |wait: Wait| told.lock().unwrap().push(wait.length));
        let client = Client::new(Options { on_wait: Some(on_wait), ..self.options.clone() }).unwrap();
        let reader = client.reader();
        let outcome =
            self.runtime.block_on(async { timeout(Duration::from_millis(20), reader.page(PAGE, None)).await });
        if let Ok(outcome) = outcome {
            holds_in_error(&outcome.expect_err("a 429 is no page"));
        }
        let waits = waits.lock().unwrap();
        assert!(waits.iter().all(|wait| *wait <= LONGEST_PAUSE), "{value:?}: {waits:?}");
    }

    /// Has a write refused. The error says as much as the answer does, in one line.
    fn refusal(&self, kind: u8, body: &[u8]) {
        let status = STATUSES[usize::from(kind) % STATUSES.len()];
        self.answers(format!("HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n"), body, None);
        let update = PageUpdate::default();
        let error = self.run(self.client.writer().update_page(PAGE, None, &update)).expect_err("it is refused");
        holds_in_error(&error);
        assert_eq!(error.answer().map(|answer| answer.status), Some(status), "{error}");
    }
}

fn success() -> String {
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n".to_owned()
}

fn serve(stream: &TcpStream, script: &Mutex<Script>) {
    let mut reader = BufReader::new(stream);
    while let Some((is_list, length)) = request(&mut reader) {
        if std::io::copy(&mut std::io::Read::take(&mut reader, length), &mut std::io::sink()).is_err() {
            return;
        }
        let answer = {
            let script = script.lock().unwrap_or_else(PoisonError::into_inner);
            let body = script.list.as_ref().filter(|_| is_list).unwrap_or(&script.body);
            [script.head.as_bytes(), format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes(), body].concat()
        };
        let mut writer = stream;
        if writer.write_all(&answer).is_err() {
            return;
        }
    }
}

/// Reads the head of a request, and returns whether it is for a list and how long its body is.
fn request(reader: &mut BufReader<&TcpStream>) -> Option<(bool, u64)> {
    let (mut is_list, mut length) = (false, 0);
    for number in 0.. {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if number == 0 {
            is_list = line.contains("/pages?");
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line == "\r\n" {
            break;
        }
    }
    Some((is_list, length))
}

/// A page says what its JSON says. What is of another type than the API describes is named as unreadable.
fn holds_in_page(page: &Page, json: &Json) {
    is_id(&page.id);
    if json.is_null() {
        // A string of the body is not valid text, so another reader takes none of it. The client leaves that string out.
        return;
    }
    assert_eq!(json["id"], page.id.as_str());
    let metadata = live::readable(page);
    for field in Field::ALL {
        let is_marked = |path: &str| page.unreadable.iter().chain(&page.damaged).any(|marked| marked == path);
        let object = field.keys()[0];
        let found = field.keys().iter().fold(json, |json, key| &json[*key]);
        let is_readable = match field.kind() {
            Kind::Text => found.is_string() || found.is_null(),
            Kind::Flag => found.is_boolean() || found.is_null(),
        };
        let is_unreadable = is_marked(field.name()) || is_marked(object);
        assert!(is_readable || is_unreadable, "{field:?} is unreadable and not marked: {json}");
        assert!(metadata.is_err() || !is_unreadable, "{field:?} counts as empty: {json}");
        let Ok(metadata) = &metadata else { continue };
        let expected = match field.kind() {
            Kind::Text => Value::from(found.as_str().unwrap_or_default()),
            Kind::Flag => Value::Flag(found.as_bool().unwrap_or_default()),
        };
        assert_eq!(*metadata.get(field), expected, "{field:?}: {json}");
    }
}

fn holds_in_error(error: &Error) {
    is_short_and_clean(&error.to_string());
    let details = error.answer().map(|answer| answer.details.join("")).unwrap_or_default();
    for text in [format!("{error:?}"), format!("{:?}", error.hint()), details] {
        assert!(!text.contains(TOKEN), "the token is in {text}");
    }
}

fn is_short_and_clean(error: &str) {
    assert!(!error.contains(TOKEN), "the token is in {error}");
    assert!(error.chars().count() <= 4_000, "{} characters: {error}", error.chars().count());
    assert_eq!(error.chars().find(|character| escape::is_hazard(*character)), None, "{error:?}");
}

/// An id goes into URLs, file names and messages.
fn is_id(id: &str) {
    let is_safe = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    assert!(is_safe && (1..=64).contains(&id.len()), "{id:?} is accepted as an id");
}

/// Returns an answer as another reader has it; `null` if it is no JSON. Bytes that are not UTF-8 may stand where the client
/// skips a value, so they are replaced.
fn json(body: &[u8]) -> Json {
    serde_json::from_str(&String::from_utf8_lossy(body)).unwrap_or_default()
}
