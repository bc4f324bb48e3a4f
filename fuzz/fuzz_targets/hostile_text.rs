//! Any text, in every output.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| slugline_fuzz::hostile_text(&String::from_utf8_lossy(bytes)));
