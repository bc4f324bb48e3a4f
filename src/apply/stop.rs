//! The wish that a run should end, and what waits for it. Must not know what a run does.

use std::time::Duration;

use tokio::sync::watch;

use crate::event::Stop;

/// How long requests under way may take once somebody wants the run to end. GitHub kills a step 10 s after it asked.
pub(super) const GRACE: Duration = Duration::from_secs(5);

/// Somebody's wish that the run should end, once there is one.
pub type StopSignal = watch::Receiver<Option<Stop>>;

/// Waits until somebody wants the run to end, for ever if nobody does.
pub(super) async fn wanted(stop: &mut StopSignal) -> Stop {
    loop {
        if let Some(stop) = *stop.borrow_and_update() {
            return stop;
        }
        if stop.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Waits until that time, for ever if there is none.
pub(super) async fn at(time: Option<tokio::time::Instant>) {
    match time {
        Some(time) => tokio::time::sleep_until(time).await,
        None => std::future::pending().await,
    }
}
