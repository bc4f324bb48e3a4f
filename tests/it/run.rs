//! Runs: recorded ahead, locked, resumed and taken back.

mod gate;
mod project;

mod disk;
mod kill;
mod record;
mod signals;
mod stale;
mod superseded;
mod undo;
