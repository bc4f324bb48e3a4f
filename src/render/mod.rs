//! Shows problems.

pub mod diagnostics;
pub mod escape;
