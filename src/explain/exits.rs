//! How the program ends.

use super::Row;
use crate::exit::Exit;

/// Returns the name of an exit code's number.
pub(super) fn name(number: &str) -> Option<&'static str> {
    let code: u8 = number.parse().ok()?;
    Exit::ALL.into_iter().find(|exit| exit.code() == code).map(Exit::name)
}

const SOURCE: &str = "docs/reference.md#exit-codes";

pub(super) const ROWS: &[Row] = &[
    (
        "ok",
        "exit code 0: done",
        "What was asked for is done. A plan that holds changes ends so too, since to plan them was what was asked for; \
         `plan --detailed-exitcode` tells the difference. Warnings and infos do not change it.",
        SOURCE,
    ),
    (
        "failed",
        "exit code 1: something unexpected",
        "A file could not be written, a disk is full, or the program has a bug. What was sent to the site before is in the \
         record of the run, and `apply --resume` goes on from there.",
        SOURCE,
    ),
    (
        "changes",
        "exit code 2: there are changes",
        "Only `plan --detailed-exitcode` ends so, and only if there is something to apply. It is no failure; a pipeline takes \
         it with `|| [ $? -eq 2 ]`.",
        SOURCE,
    ),
    (
        "invalid",
        "exit code 3: the project's files are not valid",
        "A manifest, the project file, a plan or a baseline is missing or wrong, or the lint found an error in what is to be \
         written. Nothing was sent. Each problem is told with its place and the way out.",
        SOURCE,
    ),
    (
        "refused",
        "exit code 4: held back",
        "A guard stands in the way, a field was changed in the manifests and on the site as well, the site has moved since the \
         plan was made, another run is under way, or you said no. Nothing was written.",
        SOURCE,
    ),
    (
        "unavailable",
        "exit code 5: the site cannot be reached",
        "The network, the server, the token or the rate limit, before anything was written. Trying again later is safe.",
        SOURCE,
    ),
    (
        "partial",
        "exit code 6: done in part",
        "Some writes are done; others failed, were left out, are unknown, or did not take. The receipt says which. \
         `apply --resume` goes on, `undo` takes back what was written. After a pull or a table: some values could not be \
         written into their files, and each is told with its place.",
        SOURCE,
    ),
    (
        "usage",
        "exit code 64: wrong flags",
        "The command line does not make sense, selects nothing, or asks a question where nobody can answer. The number is that \
         of sysexits.h, since 2 means changes here.",
        SOURCE,
    ),
    (
        "interrupted",
        "exit code 130: stopped by Ctrl-C",
        "The write under way was finished and recorded, and no other begun. `apply --resume` goes on with the rest.",
        SOURCE,
    ),
    (
        "terminated",
        "exit code 143: stopped by the system",
        "Somebody asked the process to end, as a pipeline that is cancelled does. The write under way was finished and \
         recorded. `apply --resume` goes on with the rest.",
        SOURCE,
    ),
];
