"""Runs workflows of GitHub Actions as the runner does: every `run` step for real, in the shell that it would be run in.

Actions of other makers have stand-ins, which do what the recipes rely on and refuse any other input; the action of this
repository is run step by step like a workflow.
"""

import contextlib
import dataclasses
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

import yaml
from expressions import Evaluator, Strict, Unknown

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
RECIPES = REPOSITORY / "examples" / "ci" / "github"
OWN_ACTION = "example/slugline@v0"
# How the runner calls the shell, by what the step says of it.
SHELLS = {None: ["bash", "-e"], "bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail"]}
# Bytes of the summary of one step.
SUMMARY_LIMIT = 1024 * 1024
# Seconds that a step takes only if it hangs.
PATIENCE = 60
WORKFLOW_KEYS = {"name", True, "permissions", "env", "concurrency", "jobs"}
JOB_KEYS = {"name", "if", "runs-on", "timeout-minutes", "permissions", "environment", "steps"}
STEP_KEYS = {"name", "id", "if", "uses", "with", "run", "shell", "env", "continue-on-error"}

# Every `run` step that has been executed: the file, and the place of the step in it.
executed = set()


def load(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def run_steps():
    """Returns all `run` steps that there are, by file and place."""
    found = {}
    for path in [REPOSITORY / "action.yml", *sorted(RECIPES.glob("*.yml"))]:
        content = load(path)
        lists = [content["runs"]["steps"]] if "runs" in content else [job["steps"] for job in content["jobs"].values()]
        for steps in lists:
            for place, step in enumerate(steps):
                if "run" in step:
                    found[path.name, place] = step.get("name") or step["run"]
    return found


@dataclasses.dataclass
class Outcome:
    """What is left of a job."""

    conclusion: str = "skipped"
    log: str = ""
    summary: str = ""
    steps: dict = dataclasses.field(default_factory=dict)
    # The names of the steps that were executed, and how each ended.
    ran: list = dataclasses.field(default_factory=list)

    def part(self, name):
        """Returns what one step has said."""
        return self.log.partition(f"\n##[group]{name}\n")[2].partition("\n##[group]")[0]


class Job:
    """One job of a workflow. The world says what GitHub would: events, secrets, the remote, artifacts."""

    def __init__(self, world, recipe, workflow, event_name, event, github, interrupt=None):
        self.world, self.recipe, self.workflow, self.interrupt = world, recipe, workflow, interrupt
        check_keys(workflow, WORKFLOW_KEYS, recipe)
        ((self.name, self.job),) = workflow["jobs"].items()
        check_keys(self.job, JOB_KEYS, recipe)
        self.folder = world.new_folder("runner")
        self.workspace, self.temp = self.folder / "work", self.folder / "temp"
        for folder in (self.workspace, self.temp, self.folder / "home", self.folder / "files"):
            folder.mkdir()
        self.token = world.github.new_token(self.job.get("permissions", workflow["permissions"]))
        self.github = Strict(
            github,
            event=event,
            event_name=event_name,
            token=self.token,
            workflow=workflow.get("name", recipe),
            repository=world.github.repository,
            repository_owner=world.github.repository.split("/")[0],
            workspace=str(self.workspace),
            run_id=github["run_id"],
            run_attempt="1",
            api_url=world.github.url,
            server_url="https://github.example",
        )
        self.path, self.environment, self.cancelled = [], {}, False
        self.outcome = Outcome()

    def run(self):
        contexts = {"github": self.github, "inputs": self.github["event"].get("inputs") or {}}
        evaluator = Evaluator(contexts)
        evaluator.text(self.workflow.get("concurrency", {}).get("group", ""))
        if not evaluator.condition(self.job.get("if")):
            return self.outcome
        contexts |= {
            "secrets": self.world.secrets_of(self.place()),
            "runner": Strict(os="Linux", arch="X64", temp=str(self.temp)),
        }
        self.environment = {name: Evaluator(contexts).text(text) for name, text in self.workflow.get("env", {}).items()}
        failed = self.steps(self.job["steps"], self.recipe, contexts, self.environment, self.outcome.steps)
        self.outcome.conclusion = "cancelled" if self.cancelled else "failure" if failed else "success"
        return self.outcome

    def place(self):
        """Returns the environment of the job if it has one, whose secrets are there for its branches alone."""
        environment = self.job.get("environment")
        if environment is None:
            return None
        check_keys(environment, {"name", "deployment"}, self.recipe)
        return environment["name"], self.github["ref"]

    def steps(self, steps, file, contexts, environment, results, action=None):
        """Runs the steps of the job or of an action, and returns whether one failed."""
        failed = False
        known = Strict({step["id"]: {"outputs": {}, "outcome": None} for step in steps if "id" in step})
        for place, step in enumerate(steps):
            check_keys(step, STEP_KEYS, file)
            status = "cancelled" if self.cancelled else "failure" if failed else "success"
            here = contexts | {"steps": known, "env": Strict(self.environment | environment)}
            evaluator = Evaluator(here, status, self.workspace)
            outcome, outputs = "skipped", {}
            if evaluator.condition(step.get("if")):
                own = {name: evaluator.text(text) for name, text in step.get("env", {}).items()}
                evaluator.contexts["env"] = Strict(self.environment | environment | own)
                name = step.get("name") or step.get("uses") or step["run"]
                self.outcome.log += f"\n##[group]{name}\n"
                outcome, outputs = self.step(step, (file, place), evaluator, environment | own, action)
                self.outcome.ran.append((name, outcome))
            conclusion = "success" if outcome == "failure" and step.get("continue-on-error") else outcome
            failed = failed or conclusion == "failure"
            if "id" in step:
                known[step["id"]] |= {"outputs": outputs, "outcome": outcome, "conclusion": conclusion}
        results.update(known)
        return failed

    def step(self, step, place, evaluator, environment, action):
        if "run" in step:
            return self.shell(step, place, evaluator, environment, action)
        values = {name: evaluator.text(value) for name, value in step.get("with", {}).items()}
        if step["uses"] == OWN_ACTION:
            return self.composite(values, evaluator.contexts, environment)
        name, _, commit = step["uses"].partition("@")
        if not re.fullmatch(r"[0-9a-f]{40}", commit) and self.recipe != "docs/ci.md":
            raise Unknown(f"`{step['uses']}` is not pinned to a commit")
        try:
            return "success", STAND_INS[name](self, values) or {}
        except Refused as refusal:
            self.outcome.log += f"Error: {refusal}\n"
            return "failure", {}

    def composite(self, values, contexts, environment):
        action = load(self.world.action / "action.yml")
        unknown = values.keys() - action["inputs"].keys()
        if unknown:
            raise Unknown(f"the action has no inputs {unknown}")
        base = {"github": self.github}
        inputs = Strict(
            {name: values.get(name, Evaluator(base).text(said["default"])) for name, said in action["inputs"].items()}
        )
        # An action sees neither secrets nor the steps of its caller.
        seen = {"github": self.github, "runner": contexts["runner"], "inputs": inputs}
        results = {}
        failed = self.steps(action["runs"]["steps"], "action.yml", seen, environment, results, self.world.action)
        evaluator = Evaluator(seen | {"steps": Strict(results)})
        outputs = Strict({name: evaluator.text(said["value"]) for name, said in action["outputs"].items()})
        return ("failure" if failed else "success"), outputs

    def shell(self, step, place, evaluator, environment, action):
        if "${{" in step["run"]:
            raise Unknown(f"an expression in a script: {step['run']!r}")
        executed.add(place)
        number = len(self.outcome.ran)
        script = self.folder / "files" / f"{number}.sh"
        script.write_text(step["run"], encoding="utf-8")
        files = {name: self.folder / "files" / f"{number}.{name}" for name in FILES}
        for file in files.values():
            file.touch()
        variables = self.variables(environment, files)
        if action is not None:
            variables["GITHUB_ACTION_PATH"] = str(action)
        self.world.seen_environment(step.get("name"), variables)
        code = self.execute([*SHELLS[step.get("shell")], str(script)], variables)
        summary = files["STEP_SUMMARY"].read_text(encoding="utf-8")
        # Of one that is larger, GitHub keeps nothing.
        self.outcome.summary += summary if len(summary.encode()) <= SUMMARY_LIMIT else ""
        self.path = [*reversed(files["PATH"].read_text().split()), *self.path]
        self.environment |= assignments(files["ENV"].read_text(encoding="utf-8"))
        outputs = assignments(files["OUTPUT"].read_text(encoding="utf-8"))
        self.outcome.log += f"##[exit]{code}\n"
        return ("failure" if code else "success"), outputs

    def variables(self, environment, files):
        """Returns what a step has in its environment, and nothing of the environment that this runs in."""
        github = {
            f"GITHUB_{name.upper()}": value
            for name, value in self.github.items()
            if isinstance(value, str) and name != "token"
        }
        return {
            "PATH": ":".join([*self.path, *self.world.path]),
            "HOME": str(self.folder / "home"),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "RUNNER_OS": "Linux",
            "RUNNER_ARCH": "X64",
            "RUNNER_TEMP": str(self.temp),
            "LANG": "C.UTF-8",
            **self.world.variables,
            **github,
            **{f"GITHUB_{name}": str(file) for name, file in files.items()},
            **self.environment,
            **environment,
        }

    def execute(self, command, variables):
        log = self.folder / "files" / "log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                command, cwd=self.workspace, env=variables, stdin=subprocess.DEVNULL, stdout=out,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
            try:
                code = self.wait(process)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
        self.outcome.log += log.read_text(encoding="utf-8", errors="replace")
        return code

    def wait(self, process):
        """Waits for the end. A cancelled job's signal goes to the shell alone, as the runner sends it."""
        limit = time.monotonic() + PATIENCE * (20 if self.world.patient else 1)
        while self.interrupt is not None and process.poll() is None and time.monotonic() < limit:
            if self.interrupt(self):
                self.cancelled, self.interrupt = True, None
                process.send_signal(signal.SIGINT)
            time.sleep(0.005)
        return process.wait(timeout=max(1, limit - time.monotonic()))


FILES = ("ENV", "OUTPUT", "PATH", "STEP_SUMMARY")


def check_keys(mapping, known, file):
    unknown = mapping.keys() - known
    if unknown:
        raise Unknown(f"{file}: unknown keys {unknown}")


def assignments(text):
    """Reads a file of `name=value` and `name<<END` lines."""
    found, lines = {}, iter(text.splitlines())
    for line in lines:
        name, sign, rest = re.fullmatch(r"([A-Za-z_][A-Za-z0-9_-]*)(=|<<)(.*)", line).groups()
        if sign == "<<":
            value = []
            while (line := next(lines)) != rest:
                value.append(line)
            rest = "\n".join(value)
        found[name] = rest
    return found


class Refused(Exception):
    """A stand-in fails the step, as the action would."""


def takes(values, *known):
    if values.keys() - set(known):
        raise Unknown(f"a stand-in knows no inputs {values.keys() - set(known)}")


def git(folder, *arguments):
    # Whatever the one at the machine has configured.
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
    command = ["git", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=PATIENCE)
    if done.returncode != 0:
        raise Refused(f"git {arguments}: {done.stderr}")
    return done.stdout.strip()


def checkout(job, values):
    """Fetches what actions/checkout does: one commit, or with a depth of 0 every branch."""
    takes(values, "fetch-depth", "persist-credentials", "ref")
    here, ref = job.workspace, values.get("ref") or job.github["ref"]
    commit = values.get("ref") or job.github["sha"]
    git(here, "init", "--quiet", "--initial-branch", "unborn")
    git(here, "remote", "add", "origin", job.world.remote.as_uri())
    if values["persist-credentials"] != "true":
        git(here, "config", "remote.origin.pushurl", "/no/credentials")
    if values.get("fetch-depth") == "0":
        git(here, "fetch", "--quiet", "origin", "+refs/heads/*:refs/remotes/origin/*")
        git(here, "fetch", "--quiet", "origin", commit)
    else:
        git(here, "fetch", "--quiet", "--depth=1", "origin", commit)
    if ref.startswith("refs/heads/"):
        # A branch that is asked for is taken as it is now; the event's own as it was then.
        commit = "FETCH_HEAD" if "ref" in values else commit
        git(here, "checkout", "--quiet", "-B", ref.removeprefix("refs/heads/"), commit)
    else:
        git(here, "checkout", "--quiet", "--detach", commit)


def upload(job, values):
    takes(values, "name", "path", "if-no-files-found", "include-hidden-files")
    roots = [job.workspace / line for line in values["path"].split("\n") if line.strip()]
    hidden = values.get("include-hidden-files") == "true"
    files = [file for root in roots for file in below(root, hidden)]
    if not files:
        if values["if-no-files-found"] == "ignore":
            return
        raise Refused(f"no files were found with {values['path']!r}")
    common = pathlib.Path(
        os.path.commonpath([root if root.is_dir() else root.parent for root in roots if root.exists()])
    )
    folder = job.world.artifact(job.github["run_id"], values["name"])
    for file in files:
        target = folder / file.relative_to(common)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)


def below(path, hidden):
    if path.name.startswith(".") and not hidden:
        return
    if path.is_dir():
        for child in sorted(path.iterdir()):
            yield from below(child, hidden)
    elif path.is_file():
        yield path


def download(job, values):
    takes(values, "name", "path", "run-id", "github-token")
    job.world.github.need(values["github-token"], "actions", "read")
    folder = job.world.artifact(values["run-id"], values["name"])
    if not folder.is_dir():
        raise Refused(f"there is no artifact {values['name']} of the run {values['run-id']}")
    shutil.copytree(folder, job.workspace / values["path"], dirs_exist_ok=True)


def cache(_job, values):
    """Keeps nothing."""
    takes(values, "path", "key")
    return {"cache-hit": ""}


STAND_INS = {
    "actions/checkout": checkout,
    "actions/upload-artifact": upload,
    "actions/download-artifact": download,
    "actions/cache": cache,
}
