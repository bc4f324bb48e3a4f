//! A server that sends what a test gives it, byte by byte. It uses sockets alone: what it sends is no HTTP unless the
//! bytes are.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

/// What a connection may take at most, whatever the client does.
const LONGEST_CONNECTION: Duration = Duration::from_secs(50);

/// What the server does about a request.
pub(super) enum Reply {
    /// Sends bytes and waits for the next request on the connection.
    Send(Vec<u8>),
    /// Sends bytes and closes the connection.
    Close(Vec<u8>),
    /// Sends bytes and resets the connection.
    Reset(Vec<u8>),
    /// Sends bytes, then the others again and again, so many bytes at most.
    Endless(Vec<u8>, Vec<u8>, usize),
    /// Sends bytes, then a space every 20 ms.
    Drip(Vec<u8>),
}

/// A request as it came.
pub(super) struct Request {
    pub(super) method: String,
    /// Path and query.
    pub(super) target: String,
    pub(super) head: String,
    pub(super) body: String,
}

impl Request {
    pub(super) fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }

    pub(super) fn query(&self, name: &str) -> Option<&str> {
        let (_, query) = self.target.split_once('?')?;
        query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    }
}

#[derive(Default)]
struct Seen {
    requests: Vec<String>,
    heads: Vec<String>,
    connections: usize,
}

/// A running server. It ends when it is dropped.
pub(super) struct Server {
    address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(super) fn start(reply: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        listener.set_nonblocking(true).unwrap();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let (stop, stopped) = oneshot::channel();
        let shared = Arc::clone(&seen);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).unwrap();
                tokio::select! {
                    () = accept(listener, Arc::new(reply), shared) => {}
                    _ = stopped => {}
                }
            });
        });
        Self { address, seen, stop: Some(stop), thread: Some(thread) }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(super) fn address(&self) -> String {
        self.address.to_string()
    }

    /// Returns method and target of each request so far.
    pub(super) fn requests(&self) -> Vec<String> {
        self.seen.lock().unwrap().requests.clone()
    }

    /// Returns the heads of the requests so far.
    pub(super) fn heads(&self) -> Vec<String> {
        self.seen.lock().unwrap().heads.clone()
    }

    pub(super) fn connections(&self) -> usize {
        self.seen.lock().unwrap().connections
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

type Replies = Arc<dyn Fn(&Request) -> Reply + Send + Sync>;

async fn accept(listener: TcpListener, reply: Replies, seen: Arc<Mutex<Seen>>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        seen.lock().unwrap().connections += 1;
        let (reply, seen) = (Arc::clone(&reply), Arc::clone(&seen));
        tokio::spawn(async move {
            // A client may leave at any time.
            let _ = tokio::time::timeout(LONGEST_CONNECTION, serve(stream, &reply, &seen)).await;
        });
    }
}

async fn serve(stream: TcpStream, reply: &Replies, seen: &Mutex<Seen>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read(&mut stream).await {
        {
            let mut seen = seen.lock().unwrap();
            seen.requests.push(format!("{} {}", request.method, request.target));
            seen.heads.push(request.head.clone());
        }
        match reply(&request) {
            Reply::Send(bytes) => stream.write_all(&bytes).await?,
            Reply::Close(bytes) => {
                stream.write_all(&bytes).await?;
                return stream.shutdown().await;
            }
            Reply::Reset(bytes) => {
                stream.write_all(&bytes).await?;
                stream.flush().await?;
                // The bytes are on their way before the reset follows.
                tokio::task::yield_now().await;
                return stream.get_ref().set_zero_linger();
            }
            Reply::Endless(bytes, others, most) => {
                stream.write_all(&bytes).await?;
                for _ in 0..most / others.len() {
                    stream.write_all(&others).await?;
                }
                return Ok(());
            }
            Reply::Drip(bytes) => {
                stream.write_all(&bytes).await?;
                loop {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    stream.write_all(b" ").await?;
                }
            }
        }
    }
    Ok(())
}

/// Reads a request of the program's, which is well-formed.
async fn read(stream: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).ok()?;
    let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await.ok()?;
    let mut line = head.split(' ');
    let (method, target) = (line.next()?.to_owned(), line.next()?.to_owned());
    Some(Request { method, target, body: String::from_utf8(body).ok()?, head })
}
