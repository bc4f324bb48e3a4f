"""Everything around a workflow: a repository with its remote, a GitHub, a Webflow, and people who do things to them."""

import contextlib
import json
import os
import pathlib
import shlex
import shutil
import subprocess
import tempfile
import urllib.request

import yaml
from github import GitHub
from runner import RECIPES, REPOSITORY, Job, Unknown, git

PROGRAM = os.environ.get("SLUGLINE", str(REPOSITORY / "target" / "debug" / "slugline"))
EXAMPLE = REPOSITORY / "examples" / "galaxy"
UPSTREAM, FORK = "guide/site", "stranger/site"
READ_TOKEN, WRITE_TOKEN = "wf-secret-1c2d3e4f5a6b7c8d", "wf-secret-8d7c6b5a4f3e2d1c"
# The scopes of a site token that may read.
READ_SCOPES = ["sites:read", "pages:read"]
ABOUT, GUIDE, TOWEL = "6596da6045e56dee495bcb04", "6596da6045e56dee495bcbba", "6596da6045e56dee495bcbad"
# The steps that may have a token of the site in their environment, by token.
TOKEN_STEPS = {READ_TOKEN: {"Plan", "Pull"}, WRITE_TOKEN: {"Apply"}}


class World:
    """`folder` is where slugline.yaml is in the repository, `environment` the one that the project names if it names
    any; `program` tells whether slugline is on the runner's path."""

    def __init__(self, folder=".", environment=None, program=True):
        self.folder, self.environment, self.patient, self.next = folder, environment, False, 0
        with contextlib.ExitStack() as stack:
            self.stack = stack
            self.build(program)
            # From here on it is for the caller to close.
            self.stack = stack.pop_all()

    def build(self, program):
        self.top = pathlib.Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.github = GitHub(UPSTREAM)
        self.stack.callback(self.github.close)
        self.secrets = {"WEBFLOW_READ_TOKEN": READ_TOKEN}
        # Secrets of an environment, which is limited to the branch main.
        self.environments = {"webflow": {"WEBFLOW_WRITE_TOKEN": WRITE_TOKEN}}
        self.variables = {}
        self.remote, self.author = self.top / "remote.git", self.top / "author"
        self.webflow = self.serve_webflow()
        self.action = self.copy_of_action()
        self.path = self.commands(program)
        self.make_repository()

    def close(self):
        self.stack.close()

    def new_folder(self, name):
        self.next += 1
        folder = self.top / "runners" / f"{name}-{self.next}"
        folder.mkdir(parents=True)
        return folder

    # The simulated Webflow.

    def serve_webflow(self):
        site = json.loads((EXAMPLE / "sandbox.json").read_text(encoding="utf-8"))
        site["tokens"][0]["token"] = WRITE_TOKEN
        site["tokens"].append(site["tokens"][0] | {"token": READ_TOKEN, "scopes": READ_SCOPES})
        # Beside the world, which is searched for the token later on.
        state = pathlib.Path(self.stack.enter_context(tempfile.TemporaryDirectory())) / "state.json"
        state.write_text(json.dumps(site), encoding="utf-8")
        command = [PROGRAM, "sandbox", "serve", "--no-limit", "--state", str(state)]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.stack.callback(server.stdout.close)
        self.stack.callback(server.wait, 20)
        self.stack.callback(server.terminate)
        return json.loads(server.stdout.readline())["url"]

    def ask_webflow(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json"}
        call = urllib.request.Request(f"{self.webflow}/_sandbox/{path}", data=data, method=method, headers=headers)
        with urllib.request.urlopen(call, timeout=20) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def edit_site(self, page, name, value, locale="primary"):
        """Somebody edits in the Designer."""
        state = self.ask_webflow("GET", "state")
        (found,) = [one for one in state["pages"] if one["id"] == page]
        place = found["values"].setdefault(locale, {})
        *parents, last = name.split(".")
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = value
        self.ask_webflow("PUT", "state", state)

    def writes(self):
        """Returns which pages were written since the last time somebody asked, and in which locale."""
        log = self.ask_webflow("GET", "log")
        self.ask_webflow("DELETE", "log")
        return [
            (entry["path"], entry["query"], entry["status"]) for entry in log if entry["method"] not in ("GET", "HEAD")
        ]

    # The repository.

    def copy_of_action(self):
        """The action as GitHub would unpack it: what is committed, and nothing that was built."""
        folder = self.top / "action"
        folder.mkdir()
        listed = git(
            REPOSITORY, "ls-files", "--cached", "--others", "--exclude-standard", "action.yml", ".github", "src", "Cargo.*", "docs", "schema"
        )
        for name in listed.split("\n"):
            if (REPOSITORY / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(REPOSITORY / name, folder / name)
        return folder

    def commands(self, program):
        """What lies on the runner's path: a slugline that asks the simulated Webflow, and a curl that tells what it is
        called with, as the list of processes would."""
        folder = self.top / "bin"
        folder.mkdir()
        (self.top / "arguments").touch()
        curl = f'#!/bin/sh\nprintf "%s\\n" "$@" >> {self.top}/arguments\nexec {shutil.which("curl")} "$@"\n'
        run = f'exec {shlex.quote(PROGRAM)} "$@"'
        slugline = f'#!/bin/sh\nif [ -n "$WEBFLOW_TOKEN" ]; then {run} --api-url {self.webflow}; fi\n{run}\n'
        for name, text in {"curl": curl, **({"slugline": slugline} if program else {})}.items():
            (folder / name).write_text(text, encoding="utf-8")
            (folder / name).chmod(0o755)
        return [
            str(folder),
            *[part for part in os.environ["PATH"].split(":") if not (pathlib.Path(part) / "slugline").exists()],
        ]

    def make_repository(self):
        """The example, at the top or in a folder, and a site that reads as it says."""
        git(self.top, "init", "--quiet", "--bare", "--initial-branch", "main", str(self.remote))
        git(self.remote, "config", "uploadpack.allowAnySHA1InWant", "true")
        git(self.top, "clone", "--quiet", str(self.remote), str(self.author))
        git(self.author, "switch", "--quiet", "--orphan", "main")
        git(self.author, "config", "user.name", "Ford")
        git(self.author, "config", "user.email", "ford@guide.example")
        ignore = shutil.ignore_patterns("sandbox.json", ".slugline")
        shutil.copytree(EXAMPLE, self.author / self.folder, dirs_exist_ok=True, ignore=ignore)
        if self.environment:
            project = self.author / self.folder / "slugline.yaml"
            text = project.read_text(encoding="utf-8")
            project.write_text(
                text.replace("\nsite: ", f"\nenvironments:\n  {self.environment}:\n    site: "), encoding="utf-8"
            )
        self.commit("Import")
        git(self.author, "push", "--quiet", "origin", "main")
        self.slugline("apply", "--yes")
        self.ask_webflow("DELETE", "log")

    def slugline(self, *arguments, folder=None):
        """Somebody runs the program by hand."""
        folder = folder or self.author / self.folder
        chosen = ["--env", self.environment] if self.environment else []
        command = [PROGRAM, "-C", str(folder), *arguments, *chosen, "--api-url", self.webflow]
        environment = {**os.environ, "WEBFLOW_TOKEN": WRITE_TOKEN}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60).stdout

    def commit(self, message):
        git(self.author, "add", "--all")
        git(self.author, "commit", "--quiet", "--allow-empty", "--message", message)
        return git(self.author, "rev-parse", "HEAD")

    def replace(self, file, old, new):
        """Somebody edits a manifest."""
        path = self.author / self.folder / "pages" / file
        text = path.read_text(encoding="utf-8")
        if text.count(old) != 1:
            raise Unknown(f"`{old}` stands {text.count(old)} times in {file}")
        path.write_text(text.replace(old, new), encoding="utf-8")

    def push_branch(self, branch, *edits, repository=UPSTREAM, number=7):
        """Somebody pushes to a branch that a pull request is open for. Returns the event of it."""
        exists = branch in git(self.author, "branch", "--format=%(refname:short)").split("\n")
        git(self.author, "switch", "--quiet", *([branch] if exists else ["--create", branch, "main"]))
        for edit in edits:
            self.replace(*edit)
        head = self.commit(f"Edit on {branch}")
        if repository == UPSTREAM:
            git(self.author, "push", "--quiet", "origin", branch)
        git(self.author, "switch", "--quiet", "--detach", "main")
        git(self.author, "merge", "--quiet", "--no-ff", "--message", "Merge", branch)
        merged = git(self.author, "rev-parse", "HEAD")
        git(self.author, "push", "--quiet", "--force", "origin", f"HEAD:refs/pull/{number}/merge")
        git(self.author, "switch", "--quiet", "main")
        owner = repository.split("/")[0]
        pull = {
            "number": number, "state": "open", "merged": False, "merge_commit_sha": merged,
            "user": {"login": owner},
            "base": {"ref": "main", "sha": git(self.author, "rev-parse", "main"), "repo": {"full_name": UPSTREAM}},
            "head": {"ref": branch, "sha": head, "repo": {"full_name": repository, "owner": {"login": owner}}},
        }  # fmt: skip
        self.github.pulls = [one for one in self.github.pulls if one["number"] != number] + [pull]
        return {"action": "synchronize", "number": number, "pull_request": pull}

    def merge(self, branch, number=7):
        """Somebody merges the pull request. Returns the event of the push, and that of the pull request."""
        before = git(self.author, "rev-parse", "main")
        git(self.author, "merge", "--quiet", "--no-ff", "--message", f"Merge {branch}", branch)
        after = git(self.author, "rev-parse", "HEAD")
        git(self.author, "push", "--quiet", "origin", "main")
        (pull,) = [one for one in self.github.pulls if one["number"] == number]
        pull |= {"state": "closed", "merged": True, "merge_commit_sha": after}
        return {"before": before, "after": after}, {"action": "closed", "number": number, "pull_request": pull}

    # The workflows.

    def artifact(self, run_id, name):
        return self.top / "artifacts" / str(run_id) / name

    def seen_environment(self, name, variables):
        """No step but those that need it may have a token."""
        for token, steps in TOKEN_STEPS.items():
            if name not in steps and token in variables.values():
                raise Unknown(f"the step `{name}` has a Webflow token that it does not need")

    def secrets_of(self, place):
        """Returns the secrets that GitHub gives to a job: those of an environment only to a job that is in it."""
        if place is None:
            return self.secrets
        name, ref = place
        if ref != "refs/heads/main":
            raise Unknown(f"{ref} may not use the environment {name}")
        return self.secrets | self.environments[name]

    def run(self, recipe, event_name, event, interrupt=None, more_steps=""):
        text = of_docs() if recipe == "docs/ci.md" else (RECIPES / recipe).read_text(encoding="utf-8")
        if self.folder != ".":
            # As its comment asks for.
            text = text.replace("DIRECTORY: .\n", f"DIRECTORY: {self.folder}\n")
        if self.environment:
            text = text.replace('ENVIRONMENT: ""\n', f"ENVIRONMENT: {self.environment}\n")
        workflow = yaml.safe_load(text + more_steps)
        check_trigger(recipe, workflow, event_name, event)
        self.next += 1
        github = {"run_id": str(9000 + self.next), "base_ref": "", "head_ref": "", **self.place(event_name, event)}
        job = Job(self, recipe, workflow, event_name, event, github, interrupt)
        outcome = job.run()
        outcome.run_id, outcome.job = github["run_id"], job
        pull = event.get("pull_request", {}) if event_name == "pull_request" else {}
        head = pull.get("head") or {"sha": github["sha"], "ref": "main", "repo": {"full_name": UPSTREAM}}
        self.github.runs.append(
            {
                "id": int(github["run_id"]),
                "path": f".github/workflows/{recipe}",
                "event": event_name,
                "conclusion": outcome.conclusion,
                "head_sha": head["sha"],
                "head_branch": head["ref"],
                "head_repository": dict(head["repo"]),
            }  # fmt: skip
        )
        return outcome

    def place(self, event_name, event):
        """Returns the branch and the commit that a workflow runs for."""
        pull = event.get("pull_request", {})
        if event_name == "pull_request":
            merged = pull["merged"]
            return {
                "ref": "refs/heads/main" if merged else f"refs/pull/{pull['number']}/merge",
                "ref_name": "main" if merged else f"{pull['number']}/merge",
                "sha": pull["merge_commit_sha"],
                "base_ref": pull["base"]["ref"],
                "head_ref": pull["head"]["ref"],
            }
        main = git(self.remote, "rev-parse", "refs/heads/main")
        return {"ref": "refs/heads/main", "ref_name": "main", "sha": event.get("after", main)}

    def everything(self):
        """Returns every text that the workflows have left behind, by where it is."""
        found = {
            str(path): path.read_bytes() for path in self.top.rglob("*") if path.is_file() and not path.is_symlink()
        }
        found["requests"] = json.dumps(self.github.requests).encode()
        return found


def of_docs():
    """Returns the workflow that the documentation shows first."""
    return (REPOSITORY / "docs/ci.md").read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]


def check_trigger(recipe, workflow, event_name, event):
    """Fails if GitHub would not have started the workflow."""
    triggers = workflow[True] if isinstance(workflow[True], dict) else {workflow[True]: None}
    if event_name not in triggers:
        raise Unknown(f"{recipe} does not run on {event_name}")
    said = triggers[event_name] or {}
    if event_name == "pull_request":
        types = said.get("types", ["opened", "synchronize", "reopened"])
        starts = event["action"] in types and event["pull_request"]["base"]["ref"] in said.get("branches", ["main"])
    elif event_name == "workflow_run":
        starts = event["action"] in said["types"] and event["workflow_run"]["name"] in said["workflows"]
    else:
        starts = True
    if not starts:
        raise Unknown(f"{recipe} does not run on this {event_name}")
