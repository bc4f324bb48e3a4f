//! Runs: recorded ahead, locked, resumed and taken back.

mod record;
