//! The signals that ask the program to end.

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::apply::StopSignal;
use crate::event::Stop;
use crate::exit::Exit;

/// Listens to the signals that ask the program to end. The second one ends it at once; the record is safe at any time.
pub(super) fn listen() -> std::io::Result<(StopSignal, JoinHandle<()>)> {
    let (sender, receiver) = watch::channel(None);
    let mut signals = Signals::new()?;
    let listener = tokio::spawn(async move {
        let first = signals.next().await;
        // Nobody listens any more once the run has ended by itself.
        let _ = sender.send(Some(first));
        let second = signals.next().await;
        leave(second);
    });
    Ok((receiver, listener))
}

#[expect(clippy::exit, reason = "whoever asks twice does not want to wait for destructors")]
fn leave(stop: Stop) {
    let exit = stop.signal_exit().unwrap_or(Exit::Failed);
    std::process::exit(i32::from(exit.code()));
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) -> Stop {
        tokio::select! {
            _ = self.interrupt.recv() => Stop::Interrupted,
            _ = self.terminate.recv() => Stop::Terminated,
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> Stop {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        Stop::Interrupted
    }
}
