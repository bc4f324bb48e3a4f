#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| slugline_fuzz::check("manifest", input));
