//! How the program ends: one table of exit codes.
//!
//! Words only; whoever decides which one it is stands elsewhere.

use std::process::ExitCode;

/// The way a command ended. The output format never changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Ok,
    /// Anything unexpected.
    Failed,
    /// `plan --detailed-exitcode`, and there are changes.
    Changes,
    /// Manifests, project file or plan file are not valid.
    Invalid,
    /// Stale plan, conflict or guard; nothing was written.
    Refused,
    /// Network, server, authorization or rate budget, before any write.
    Unavailable,
    /// Some writes are done; others failed, were skipped, are unknown or did not take.
    Partial,
    /// Wrong flags.
    Usage,
    /// SIGINT, after everything was recorded.
    Interrupted,
    /// SIGTERM, after everything was recorded.
    Terminated,
}

impl Exit {
    /// Every way, by code.
    pub const ALL: [Self; 10] = [
        Self::Ok,
        Self::Failed,
        Self::Changes,
        Self::Invalid,
        Self::Refused,
        Self::Unavailable,
        Self::Partial,
        Self::Usage,
        Self::Interrupted,
        Self::Terminated,
    ];

    /// The process's exit code.
    pub fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Failed => 1,
            Self::Changes => 2,
            Self::Invalid => 3,
            Self::Refused => 4,
            Self::Unavailable => 5,
            Self::Partial => 6,
            // As in sysexits.h; clap's own 2 would read as "changes".
            Self::Usage => 64,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }

    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::Changes => "changes",
            Self::Invalid => "invalid",
            Self::Refused => "refused",
            Self::Unavailable => "unavailable",
            Self::Partial => "partial",
            Self::Usage => "usage",
            Self::Interrupted => "interrupted",
            Self::Terminated => "terminated",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
