//! Any file for a manifest.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| slugline_fuzz::manifest(bytes));
