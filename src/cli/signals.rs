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
    /// Nothing if the program was started so that SIGHUP is ignored, as `nohup` does.
    hang_up: Option<tokio::signal::unix::Signal>,
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let hang_up = if is_hang_up_ignored() { None } else { Some(signal(SignalKind::hangup())?) };
        let (interrupt, terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        Ok(Self { hang_up, interrupt, terminate })
    }

    async fn next(&mut self) -> Stop {
        let hang_up = async {
            match &mut self.hang_up {
                Some(hang_up) => hang_up.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = hang_up => Stop::Terminated,
            _ = self.interrupt.recv() => Stop::Interrupted,
            _ = self.terminate.recv() => Stop::Terminated,
        }
    }
}

/// Returns whether SIGHUP was ignored when the program was started. Only Linux reports that in a file; elsewhere it counts
/// as not ignored.
#[cfg(unix)]
fn is_hang_up_ignored() -> bool {
    const SIGHUP: u64 = 1;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    ignored.is_some_and(|mask| mask & SIGHUP != 0)
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
