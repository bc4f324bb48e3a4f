//! A bar for whoever watches a terminal: how many writes of how many, at which pace, how long yet, and what is waited
//! for.
//!
//! The time left is told by the rate limit: writes go out in bursts, so that their momentary rate says nothing.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// The bar, while there is one. Cheap to clone; all clones mean the same bar.
#[derive(Debug, Clone, Default)]
pub(crate) struct Progress {
    bar: Arc<Mutex<Option<ProgressBar>>>,
    per_minute: Arc<Mutex<u32>>,
}

/// How often the bar is drawn again while nothing happens, so that the clock in it runs.
const TICK: Duration = Duration::from_millis(250);

impl Progress {
    /// Shows the bar, given how many requests a minute are allowed.
    pub(crate) fn start(&self, done: usize, total: usize, per_minute: u32) {
        let bar = ProgressBar::new(total as u64).with_position(done as u64);
        bar.set_prefix(left(total.saturating_sub(done) as u64, per_minute));
        *self.per_minute.lock().unwrap_or_else(PoisonError::into_inner) = per_minute;
        let template = "{bar:24} {pos}/{len} at {prefix} {msg}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(TICK);
        self.set(Some(bar));
    }

    /// Counts one more.
    pub(crate) fn advance(&self) {
        self.with(|bar| {
            bar.set_message("");
            bar.inc(1);
            let to_go = bar.length().unwrap_or_default().saturating_sub(bar.position());
            bar.set_prefix(left(to_go, *self.per_minute.lock().unwrap_or_else(PoisonError::into_inner)));
        });
    }

    /// Says what is waited for. Returns whether there is a bar to say it.
    pub(crate) fn wait(&self, what: String) -> bool {
        self.with(|bar| bar.set_message(format!("({what})"))).is_some()
    }

    /// Takes the bar away.
    pub(crate) fn end(&self) {
        self.with(|bar| bar.finish_and_clear());
        self.set(None);
    }

    /// Lets something be printed while the bar is out of the way.
    pub(crate) fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        let bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }

    fn with<T>(&self, act: impl FnOnce(&ProgressBar) -> T) -> Option<T> {
        self.bar.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(act)
    }

    fn set(&self, bar: Option<ProgressBar>) {
        *self.bar.lock().unwrap_or_else(PoisonError::into_inner) = bar;
    }
}

/// Returns the pace, and how long so many requests take at it.
fn left(requests: u64, per_minute: u32) -> String {
    let seconds = requests * 60 / u64::from(per_minute.max(1));
    let left = match seconds {
        0..=90 => format!("{seconds} s"),
        _ => format!("{} min", seconds.div_ceil(60)),
    };
    format!("up to {per_minute}/min, {left} to go")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_is_that_of_the_rate_limit() {
        assert_eq!(left(60, 120), "up to 120/min, 30 s to go");
        assert_eq!(left(601, 120), "up to 120/min, 5 min to go");
        assert_eq!(left(1_500, 60), "up to 60/min, 25 min to go");
    }
}
