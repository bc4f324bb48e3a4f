"""Runs the jobs of a pipeline as GitLab's runner does: a clone of its own for each, one bash for all lines of its script.

Whatever is not so in a real runner only makes it harder: jobs run one after the other, and nothing of one is left for the
next but its artifacts.
"""

import glob
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import time

import pipeline

# Far more than a job needs; without it a broken one would keep everybody waiting.
SECONDS = 120
# Programs that the scripts call. Each leaves its arguments, which everybody on a machine can see.
WATCHED = ["awk", "curl", "cut", "git", "grep", "jq", "mkdir", "sed", "tr"]
WATCHING = """#!/bin/sh
printf '%s\\n' "$0 $*" >> {log}
exec {program} {first} "$@"
"""


class Done:
    """How a job ended, and what it left."""

    def __init__(self, status, code=None, log="", artifacts=None, reports=None, image=None):
        self.status, self.code, self.log, self.image = status, code, log, image
        self.artifacts, self.reports = artifacts or {}, reports or {}

    def text(self, path):
        return self.artifacts[path].decode()


class Runner:
    """Where jobs run. `settings` are the variables of the project: name, value, and whether it is protected."""

    def __init__(self, folder, program, api_url):
        folder.mkdir()
        self.folder, self.builds, self.pipelines = folder, 0, 0
        # The names of all jobs whose scripts were run, in any pipeline.
        self.ran = set()
        self.arguments = folder / "arguments.log"
        self.arguments.touch()
        # GitLab's runner makes clones from a template of its own, without the `info` and the hooks of git's.
        self.template = folder / "template"
        self.template.mkdir()
        (self.template / "config").write_text("[init]\n\tdefaultBranch = none\n[gc]\n\tautoDetach = false\n")
        self.programs = folder / "programs"
        self.programs.mkdir()
        for name in WATCHED:
            self._watch(name, shutil.which(name), "")
        # The recipe knows one Webflow only; this is how it comes to talk to another.
        self._watch("slugline", program, f"--api-url {api_url}")

    def _watch(self, name, program, first):
        path = self.programs / name
        path.write_text(WATCHING.format(log=shlex.quote(str(self.arguments)), program=shlex.quote(program), first=first))
        path.chmod(0o755)

    def run(self, text, variables, settings, clone_url, cancel=None):
        """Runs a pipeline, and returns how each of its jobs ended, by name. `cancel` names a job, and what to wait for."""
        self.pipelines += 1
        is_protected = variables.get("CI_COMMIT_REF_PROTECTED") == "true"
        given = {name: value for name, value, needs_it in settings if is_protected or not needs_it}
        defined = pipeline.Pipeline(text)
        done = {}
        failed_stages = set()
        for name, job, rule in defined.chosen(variables | given):
            needs = [need if isinstance(need, str) else need["job"] for need in job.get("needs", [])]
            for need in needs:
                if need not in done:
                    raise pipeline.Unknown(f"{name} needs {need}, which does not run")
            if "needs" in job:
                is_well = all(done[need].status == "success" for need in needs)
            else:
                earlier = defined.stages[: defined.stages.index(job["stage"])]
                is_well = not failed_stages.intersection(earlier)
            when = rule.get("when", job.get("when", "on_success"))
            if when == "manual" or (when == "on_success" and not is_well) or (when == "on_failure" and is_well):
                done[name] = Done("skipped")
                continue
            sources = needs if "needs" in job else list(done)
            files = {path: kept for source in sources for path, kept in done[source].artifacts.items()}
            held = variables | defined.variables | job["variables"] | given
            waiting = cancel[1] if cancel and cancel[0] == name else None
            done[name] = self._job(name, job, held, files, clone_url, waiting)
            if done[name].status == "failed" and not job.get("allow_failure"):
                failed_stages.add(job["stage"])
        return done

    def _job(self, name, job, variables, files, clone_url, waiting):
        self.ran.add(name)
        self.builds += 1
        home = self.folder / f"build-{self.builds}"
        folder = home / "project"
        folder.mkdir(parents=True)
        environment = {
            "PATH": f"{self.programs}:{os.environ['PATH']}", "HOME": str(home), "LANG": "C.UTF-8",
            "CI_PROJECT_DIR": str(folder), "CI_JOB_NAME": name, "CI_JOB_ID": str(self.builds),
            "CI_JOB_URL": f"{variables['CI_PROJECT_URL']}/-/jobs/{self.builds}",
        }  # fmt: skip
        environment = expand(variables | environment)
        if "GIT_STRATEGY" in environment:
            # Without a clone, a runner that keeps its folders hands a job what another pipeline has left there.
            raise pipeline.Unknown(f"{name}: each job gets a clone here")
        self._clone(folder, environment, clone_url)
        for path, held in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(held)
        code, log = self._script(home, folder, job["before_script"] + job["script"], environment, waiting)
        status = "success" if code == 0 else "failed"
        if job["after_script"]:
            told = environment | {"CI_JOB_STATUS": status}
            log += self._script(home, folder, job["after_script"], told, None)[1]
        artifacts, reports = {}, {}
        described = job.get("artifacts", {})
        if described.get("when", "on_success") in ("always", {"success": "on_success", "failed": "on_failure"}[status]):
            # Artifacts are kept under names that hold variables, as long as nothing is to be shown by them.
            paths = [expand_text(path, environment) for path in described.get("paths", [])]
            if "expose_as" in described and paths != described["paths"]:
                raise pipeline.Unknown(f"{name}: GitLab exposes no path with a variable in it")
            artifacts = _collect(folder, paths)
            for kind, path in described.get("reports", {}).items():
                reports[kind] = _collect(folder, [expand_text(path, environment)]).get(path)
        return Done(status, code, log, artifacts, reports, expand_text(job["image"], environment))

    def _clone(self, folder, variables, url):
        depth = ["--depth", variables["GIT_DEPTH"]] if variables.get("GIT_DEPTH", "0") != "0" else []
        into = f"+{variables['CI_COMMIT_SHA']}:refs/pipelines/{self.pipelines}"
        for arguments in (
            ["init", "--quiet", f"--template={self.template}"], ["remote", "add", "origin", url], ["fetch", "--quiet", *depth, "origin", into],
            ["checkout", "--quiet", "--force", "--detach", variables["CI_COMMIT_SHA"]],
        ):  # fmt: skip
            subprocess.run(["git", "-C", str(folder), *arguments], check=True, timeout=SECONDS)

    def _script(self, home, folder, lines, environment, waiting):
        """Runs the lines in one shell, which is told to stop as soon as there is what is waited for."""
        said = [f"printf '%s\\n' {shlex.quote(f'$ {line.splitlines()[0]}')}\n{line}" for line in lines if line]
        text = "set -eo pipefail\nset +o noclobber\n" + "\n".join(said) + "\n"
        script = home / "script"
        script.write_text(text)
        log = home / "log"
        with log.open("wb") as out:
            shell = subprocess.Popen(
                ["bash", str(script)], cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=out,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        try:
            if waiting:
                deadline = time.monotonic() + SECONDS
                while shell.poll() is None and not waiting() and time.monotonic() < deadline:
                    time.sleep(0.01)
                # The shell alone, and not what it has started.
                os.kill(shell.pid, signal.SIGTERM)
            code = shell.wait(timeout=SECONDS)
        finally:
            # Whatever happens, nothing is left running.
            try:
                os.killpg(shell.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        return code, log.read_text(errors="replace")


def _collect(folder, paths):
    """Returns the files that the paths name, each by its path in the project."""
    found = {}
    for path in paths:
        for match in glob.glob(str(folder / path), recursive=True, include_hidden=True):
            at = pathlib.Path(match)
            inside = [at] if at.is_file() else [file for file in sorted(at.rglob("*")) if file.is_file()]
            found |= {os.path.relpath(file, folder): file.read_bytes() for file in inside}
    return found


def expand_text(text, variables):
    """Returns the text with the values of variables in it; what is not set is empty."""

    def value(match):
        name = match[1] or match[2]
        return "$" if name is None else variables.get(name, "")

    return re.sub(r"\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\}|\$)", value, text)


def expand(variables):
    """Returns the variables with others in them put in their place."""
    for _ in range(len(variables)):
        expanded = {name: expand_text(value, variables) for name, value in variables.items()}
        if expanded == variables:
            return expanded
        variables = expanded
    raise pipeline.Unknown("variables that hold each other")
