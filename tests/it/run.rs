//! Runs: recorded ahead, locked, resumed and taken back.

mod gate;
mod project;
mod undisturbed;

mod disk;
mod fifty;
mod kill;
mod record;
mod signals;
mod stale;
mod superseded;
mod undo;
