//! Shows plans, receipts and problems. Functions from values to text; decides nothing, reads nothing.

pub mod account;
pub mod diagnostics;
pub mod escape;
pub mod patch;
pub mod print;
pub mod pull;
pub mod receipt;
pub mod status;
pub mod text;
pub mod view;
pub mod words;
