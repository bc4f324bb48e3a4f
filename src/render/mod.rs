//! Shows plans, receipts and problems. Functions from values to text; decides nothing, reads nothing.

pub mod account;
pub mod concerns;
pub mod diagnostics;
pub mod escape;
pub mod github;
pub mod gitlab;
pub mod html;
mod html_change;
mod html_page;
mod kept;
pub mod log;
pub mod markdown;
mod markdown_aside;
mod markdown_change;
pub mod patch;
pub mod preview;
pub mod print;
pub mod problems;
pub mod pull;
pub mod receipt;
pub mod review;
pub mod sarif;
pub mod status;
pub mod text;
pub mod view;
pub mod words;
