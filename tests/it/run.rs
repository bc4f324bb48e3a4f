//! Runs: recorded ahead, locked, resumed and taken back.

mod gate;
mod project;
mod undisturbed;

#[cfg(target_os = "linux")]
mod clock;
mod disk;
mod fifty;
#[cfg(target_os = "linux")]
mod full_disk;
mod kill;
mod paced;
mod record;
mod signals;
mod stale;
mod superseded;
mod undo;
mod undo_switches;
