//! The digest of a plan file. Also for the fuzz targets, so it uses nothing of the other tests.

use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

/// Returns the digest of a plan file as its documentation defines it: the SHA-256 of the JSON with sorted keys and
/// without spaces, without the keys about how and when it was made.
pub(crate) fn digest(plan: &Json) -> String {
    let mut plan = plan.clone();
    for volatile in ["digest", "source", "live", "exit"] {
        plan.as_object_mut().unwrap().remove(volatile);
    }
    plan.sort_all_objects();
    let hash = Sha256::digest(plan.to_string().as_bytes());
    format!("sha256:{}", hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}
