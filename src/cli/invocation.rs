//! How the program was called, as far as that decides which project is meant and which remote.
//!
//! A command that an output names repeats it, so that it does to the same site what it says, from the folder that the
//! caller is in. Must not know the sentences around a command.

use std::path::Path;

use super::Global;
use crate::render::escape;
use crate::render::text::Flags;
use crate::webflow::{BaseUrl, Namespace};

/// The flags to repeat, as a shell takes them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Invocation {
    /// Where the project lies. It stands before the command, as with git.
    folder: String,
    /// Which site is meant.
    environment: String,
    /// Where it is asked for.
    remote: String,
}

impl Invocation {
    /// Returns what of the flags decides on project and remote; what is so by default, or by a variable, stays so.
    pub(crate) fn of(global: &Global) -> Self {
        let Global {
            directory,
            env,
            sandbox,
            api_url,
            api_namespace,
            // How fast, and how loud: whoever runs the next command chooses anew.
            concurrency: _,
            rpm: _,
            color: _,
            quiet: _,
            verbose: _,
        } = global;
        let (mut folder, mut environment, mut remote) = (String::new(), String::new(), String::new());
        if let Some(directory) = directory {
            push(&mut folder, "-C", &path(directory));
        }
        if let Some(env) = env {
            push(&mut environment, "--env", env);
        }
        if *sandbox {
            remote.push_str(" --sandbox");
        }
        if let Some(url) = api_url {
            // One that is refused may hold a password. Without any, the command would go to the live site.
            let url = url.parse::<BaseUrl>().map_or_else(|_| "URL".to_owned(), |url| url.to_string());
            push(&mut remote, "--api-url", &url);
        }
        if *api_namespace != Namespace::default() {
            push(&mut remote, "--api-namespace", &api_namespace.to_string());
        }
        Self { folder, environment, remote }
    }

    /// Returns the flags for commands about a plan, which knows itself of which environment it is.
    pub(crate) fn flags(&self) -> Flags<'_> {
        Flags { folder: &self.folder, remote: &self.remote }
    }

    /// Returns the line that runs a command on the same project and remote.
    pub(crate) fn command(&self, verb: &str, arguments: &[String]) -> String {
        let Self { folder, environment, remote } = self;
        let mut line = format!("slugline{folder} {verb}{environment}{remote}");
        for argument in arguments {
            line.push(' ');
            line.push_str(&escape::shell_word(argument));
        }
        line
    }
}

/// Returns a path as an argument that is not taken for a flag.
pub(crate) fn path(path: &Path) -> String {
    let text = path.display().to_string();
    if text.starts_with('-') { format!("./{text}") } else { text }
}

/// Appends a flag with its value.
fn push(line: &mut String, flag: &str, value: &str) {
    line.push(' ');
    line.push_str(&escape::shell_flag(flag, value));
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::Cli;

    /// Returns the line for `log`, after the program was called with these flags.
    fn after(flags: &[&str]) -> String {
        let arguments = ["slugline", "log"].iter().chain(flags);
        Invocation::of(&Cli::try_parse_from(arguments).unwrap().global).command("log", &[])
    }

    #[test]
    fn what_was_not_given_is_not_repeated() {
        assert_eq!(after(&[]), "slugline log");
        assert_eq!(after(&["--api-namespace", "v2", "-q", "--rpm", "9", "--concurrency", "1"]), "slugline log");
    }

    #[test]
    fn the_flags_come_in_one_order() {
        let line = "slugline -C site log --env staging --sandbox --api-namespace beta";
        assert_eq!(after(&["--api-namespace", "beta", "--sandbox", "--env", "staging", "-C", "site"]), line);
        let line = "slugline -C site log --api-url https://proxy.example/webflow --api-namespace beta";
        assert_eq!(after(&["--api-namespace=beta", "--api-url", "https://proxy.example/webflow/", "-Csite"]), line);
    }

    #[test]
    fn what_a_shell_would_act_on_is_quoted() {
        assert_eq!(after(&["-C", "my site", "--env", "$(x)`y`"]), "slugline -C 'my site' log --env '$(x)`y`'");
        assert_eq!(after(&["-C", "it's", "--env", ""]), r"slugline -C 'it'\''s' log --env ''");
        assert_eq!(after(&["-C=-site", "--env=-x"]), "slugline -C ./-site log --env=-x");
    }

    #[test]
    fn a_line_means_to_the_program_what_it_was_made_of() {
        let flags = ["-C=-site", "--env=-x", "--api-url=http://localhost:80/a", "--api-namespace=beta"];
        let line = after(&flags);
        let again: Vec<&str> = line.split(' ').skip(1).filter(|word| *word != "log").collect();
        assert_eq!(after(&again), line);
    }

    #[test]
    fn an_address_that_is_refused_is_not_repeated() {
        assert_eq!(after(&["--api-url", "https://me:secret@proxy.example"]), "slugline log --api-url URL");
    }

    #[test]
    fn arguments_are_words_of_their_own() {
        let arguments = ["-o".to_owned(), path(Path::new("my plan.json")), path(Path::new("-p"))];
        let line = Invocation::default().command("plan", &arguments);
        assert_eq!(line, "slugline plan -o 'my plan.json' ./-p");
    }
}
