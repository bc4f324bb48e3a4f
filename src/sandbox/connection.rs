//! Connections that can be broken: by a request, or all at once when the server stops.
//!
//! Knows nothing of what is said over them.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// How far the server is on its way to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    Serving,
    /// Nothing new is accepted; what is under way is finished.
    Draining,
    /// Every connection breaks.
    Cut,
}

/// Waits until the server has come to a phase, or is gone.
pub(super) async fn reached(mut phases: watch::Receiver<Phase>, phase: Phase) {
    // An error means that the server is gone, which is later than any phase.
    let _ = phases.wait_for(|current| *current >= phase).await;
}

/// Accepts connections that can be broken.
pub(super) struct Loopback {
    pub(super) listener: TcpListener,
    pub(super) phases: watch::Receiver<Phase>,
}

impl Listener for Loopback {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        loop {
            if let Ok((stream, address)) = self.listener.accept().await {
                // Small answers must not wait for more; without it the server still works.
                let _ = stream.set_nodelay(true);
                let cut = Box::pin(reached(self.phases.clone(), Phase::Cut));
                return (Connection { stream, breaker: Breaker::default(), cut }, address);
            }
            // Out of file descriptors, as a rule: others may be closed by then.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// Breaks the connection that a request came over.
#[derive(Debug, Clone, Default)]
pub(super) struct Breaker(Arc<AtomicBool>);

impl Breaker {
    /// From now on no byte goes over the connection; the client sees a reset.
    pub(super) fn reset(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Connected<IncomingStream<'_, Loopback>> for Breaker {
    fn connect_info(stream: IncomingStream<'_, Loopback>) -> Self {
        stream.io().breaker.clone()
    }
}

/// A stream and the ways it can end.
pub(super) struct Connection {
    stream: TcpStream,
    breaker: Breaker,
    cut: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Connection {
    fn check(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        if !self.breaker.0.load(Ordering::Relaxed) && self.cut.as_mut().poll(context).is_ready() {
            // Also keeps the finished future from being polled again.
            self.breaker.reset();
        }
        if self.breaker.0.load(Ordering::Relaxed) {
            // With no time to linger, closing sends RST in place of FIN.
            self.stream.set_zero_linger()?;
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        Ok(())
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check(context)?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.check(context)?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check(context)?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check(context)?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check(context)?;
        Pin::new(&mut self.stream).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
