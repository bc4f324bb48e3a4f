//! How files would change, as a patch that `git apply` takes.

use similar::TextDiff;

use super::escape;

/// Lines around a change, as in git.
const CONTEXT: usize = 3;

/// Returns the patch of one file; one that is new had no text before.
pub fn patch(name: &str, before: Option<&str>, after: &str) -> String {
    let old = if before.is_some() { format!("a/{name}") } else { "/dev/null".to_owned() };
    let diff = TextDiff::from_lines(before.unwrap_or_default(), after);
    let patch = diff.unified_diff().context_radius(CONTEXT).header(&old, &format!("b/{name}")).to_string();
    // A mark at the start of a file is seen by nobody, and the patch would not fit without it.
    let parts: Vec<String> = patch.split('\u{feff}').map(escape::text).collect();
    parts.join("\u{feff}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_is_unified_and_harmless() {
        let patch = patch("a.yaml", Some("a\r\nb\r\nno end"), "a\r\nc\u{1b}\r\nno end");
        assert_eq!(
            patch,
            "--- a/a.yaml\n+++ b/a.yaml\n@@ -1,3 +1,3 @@\n a\r\n-b\r\n+c␛\r\n no end\n\\ No newline at end of file\n"
        );
    }

    #[test]
    fn a_new_file_was_nothing() {
        assert_eq!(super::patch("a", None, "x\n"), "--- /dev/null\n+++ b/a\n@@ -0,0 +1 @@\n+x\n");
    }
}
