//! The `slugline` program: parses, runs, exits. Everything else is the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    slugline::cli::main(std::env::args_os()).into()
}
