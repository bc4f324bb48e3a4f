//! A gate between the program and the server: it lets requests through one by one and holds the one it is told to, so
//! that a test knows where the program stands without waiting for any time to pass.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// Far longer than anything here takes. Only a test that fails waits for it.
const PATIENCE: Duration = Duration::from_secs(60);

/// The beginning of the methods that change something: PUT, PATCH and POST.
pub(super) const WRITE: &str = "P";

/// Which request is held, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Catch {
    /// How its method begins; all count if there is none.
    pub(super) method: Option<&'static str>,
    /// How many are let through first.
    pub(super) after: usize,
    pub(super) side: Side,
}

/// The side of the server on which a request is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// The server has not seen it.
    Before,
    /// The server has carried it out, and the program has no answer.
    After,
}

/// What becomes of a request that was held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    GoesOn,
    IsLost,
}

/// The gate. Everything that comes after a caught request passes.
pub(super) struct Gate {
    url: String,
    held: Receiver<Sender<Fate>>,
    /// The request that is held now.
    fate: Option<Sender<Fate>>,
    keeper: Arc<Keeper>,
    acceptor: Option<JoinHandle<()>>,
    closing: Arc<Mutex<bool>>,
}

/// What all connections share.
struct Keeper {
    server: String,
    /// The request to catch, as long as it has not come.
    catch: Mutex<Option<Catch>>,
    held: Mutex<Sender<Sender<Fate>>>,
    /// The writes that have gone on to the server, as they were.
    writes: Mutex<Vec<Vec<u8>>>,
}

impl Gate {
    /// Opens a gate before a server on loopback.
    pub(super) fn new(server: &str, catch: Option<Catch>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, held) = mpsc::channel();
        let server = server.trim_start_matches("http://").to_owned();
        let keeper =
            Arc::new(Keeper { server, catch: Mutex::new(catch), held: Mutex::new(sender), writes: Mutex::default() });
        let closing = Arc::new(Mutex::new(false));
        let (is_closing, shared) = (Arc::clone(&closing), Arc::clone(&keeper));
        let acceptor = std::thread::spawn(move || {
            let mut connections = Vec::new();
            while let Ok((client, _)) = listener.accept() {
                if *is_closing.lock().unwrap() {
                    break;
                }
                let keeper = Arc::clone(&shared);
                // A connection that breaks is one whose program was killed.
                connections.push(std::thread::spawn(move || drop(keeper.serve(&client))));
            }
            connections.into_iter().for_each(|connection| connection.join().unwrap());
        });
        Self { url, held, fate: None, keeper, acceptor: Some(acceptor), closing }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Waits until the request has come that is to be caught.
    pub(super) fn wait(&mut self) {
        self.fate = Some(self.held.recv_timeout(PATIENCE).expect("the request comes"));
    }

    /// Returns the writes that have gone on to the server so far.
    pub(super) fn writes(&self) -> Vec<Vec<u8>> {
        self.keeper.writes.lock().unwrap().clone()
    }

    /// Lets the request that is held go on.
    pub(super) fn let_go(&mut self) {
        let _ = self.fate.take().expect("a request is held").send(Fate::GoesOn);
    }

    /// Lets the request that is held go on, and waits until another one is held.
    pub(super) fn go_on_to(&mut self, catch: Catch) {
        *self.keeper.catch.lock().unwrap() = Some(catch);
        self.let_go();
        self.wait();
    }

    /// Waits until nothing of an ended program is on its way any more. What is held is lost. Returns the writes that
    /// have gone on to the server.
    pub(super) fn close(mut self) -> Vec<Vec<u8>> {
        self.shut();
        self.writes()
    }

    fn shut(&mut self) {
        let Some(acceptor) = self.acceptor.take() else { return };
        if let Some(fate) = self.fate.take() {
            let _ = fate.send(Fate::IsLost);
        }
        *self.closing.lock().unwrap() = true;
        drop(TcpStream::connect(self.url.trim_start_matches("http://")));
        acceptor.join().unwrap();
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        // A test that has failed may have left the program running, whose connections would not end.
        if !std::thread::panicking() {
            self.shut();
        }
    }
}

impl Keeper {
    /// Carries the requests of a connection, one after the other, until it ends.
    fn serve(&self, client: &TcpStream) -> io::Result<()> {
        let server = TcpStream::connect(&self.server)?;
        for stream in [client, &server] {
            stream.set_nodelay(true)?;
        }
        let (mut requests, mut answers) = (BufReader::new(client), BufReader::new(&server));
        while let Some(request) = message(&mut requests)? {
            let side = self.side(&request);
            if side == Some(Side::Before) && self.hold() == Fate::IsLost {
                break;
            }
            if request.starts_with(WRITE.as_bytes()) {
                self.writes.lock().unwrap().push(request.clone());
            }
            (&server).write_all(&request)?;
            let Some(answer) = message(&mut answers)? else { break };
            if side == Some(Side::After) && self.hold() == Fate::IsLost {
                break;
            }
            (&*client).write_all(&answer)?;
        }
        Ok(())
    }

    /// Counts a request, and returns on which side it is held if it is.
    fn side(&self, request: &[u8]) -> Option<Side> {
        let mut waiting = self.catch.lock().unwrap();
        let catch = waiting.as_mut()?;
        if catch.method.is_some_and(|method| !request.starts_with(method.as_bytes())) {
            return None;
        }
        if catch.after > 0 {
            catch.after -= 1;
            return None;
        }
        waiting.take().map(|catch| catch.side)
    }

    fn hold(&self) -> Fate {
        let (sender, fate) = mpsc::channel();
        let told = self.held.lock().unwrap().send(sender);
        // Whoever is gone without a word has no use for the request.
        told.ok().and_then(|()| fate.recv().ok()).unwrap_or(Fate::IsLost)
    }
}

/// Reads a request or an answer, none if there are no more. Both sides send their bodies with a length.
fn message(stream: &mut BufReader<&TcpStream>) -> io::Result<Option<Vec<u8>>> {
    let (mut message, mut length) = (Vec::new(), 0);
    loop {
        let start = message.len();
        if stream.read_until(b'\n', &mut message)? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&message[start..]).to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let start = message.len();
    message.resize(start + length, 0);
    stream.read_exact(&mut message[start..])?;
    Ok(Some(message))
}
