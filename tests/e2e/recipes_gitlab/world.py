"""A project on the small GitLab, a simulated Webflow, and everybody who works on the two."""

import json
import os
import pathlib
import subprocess
import urllib.request

import yaml

from forge import Forge
from runner import Runner

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent.parent
PROGRAM = os.environ.get("SLUGLINE", str(REPOSITORY / "target" / "debug" / "slugline"))
RECIPE = REPOSITORY / "examples" / "ci" / "gitlab" / ".gitlab-ci.yml"
SITE = REPOSITORY / "examples" / "galaxy" / "sandbox.json"
# Where most projects lie here: below the top of the repository, as there is more than the texts of a site.
FOLDER = "seo"
ZEROS = "0" * 40

READS = "webflow-read-9b6e1f0c7a5d"
WRITES = "webflow-write-51c2d7e83f40"
DESIGNER = "webflow-designer-77aa01"
NOTES = "glpat-notes-3fa94c12be"
PUSHES = "glpat-push-b81e55d09c"
JOB = "glcbt-job-20cc94f1d7"
STRANGER = "glpat-stranger-1"
# None of these may ever be seen.
SECRETS = [READS, WRITES, NOTES, PUSHES, JOB]
# As they are set in the project: name, value, and whether only protected branches get it.
SETTINGS = [
    ("WEBFLOW_READ_TOKEN", READS, False),
    ("WEBFLOW_WRITE_TOKEN", WRITES, True),
    ("SLUGLINE_NOTES_TOKEN", NOTES, False),
    ("SLUGLINE_PUSH_TOKEN", PUSHES, True),
]


class World:
    """The project with what the site holds, imported, on `main`. It lies in a folder of the repository, or at its top."""

    def __init__(self, folder, project=FOLDER):
        self.folder, self.project = folder, project
        self.site = json.loads(SITE.read_text(encoding="utf-8"))
        reads = ["sites:read", "pages:read"]
        scopes = {READS: reads, WRITES: [*reads, "pages:write"], DESIGNER: [*reads, "pages:write"]}
        self.site["tokens"] = [
            {"token": token, "scopes": allowed, "rateLimit": 6000} for token, allowed in scopes.items()
        ]
        state = folder / "site.json"
        state.write_text(json.dumps(self.site), encoding="utf-8")
        self.server = subprocess.Popen(
            [PROGRAM, "sandbox", "serve", "--state", str(state), "--no-limit"], stdout=subprocess.PIPE, text=True
        )
        self.webflow = json.loads(self.server.stdout.readline())["url"]
        tokens = {JOB: "runner", NOTES: "seo-bot", PUSHES: "pull-bot", STRANGER: "stranger"}
        self.forge = Forge(folder / "repositories", tokens, {"pull-bot"})
        self.bare = self.forge.create_repository("group/site")
        self.fork = self.forge.create_repository("somebody/site")
        self.runner = Runner(folder / "runner", PROGRAM, self.webflow)
        self.work = folder / "work"
        # At the top, the recipe is as it is given to people.
        self.settings = SETTINGS + ([("SLUGLINE_FOLDER", project, False)] if project != "." else [])
        self.ends = []
        self._import()
        self.marked = 0

    def stop(self):
        self.forge.stop()
        self.server.terminate()
        try:
            self.server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.server.kill()
            self.server.wait()
        self.server.stdout.close()

    # The repository.

    def git(self, *arguments):
        names = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
                 for what, value in (("NAME", "Ada"), ("EMAIL", "ada@example.com"))}  # fmt: skip
        environment = os.environ | names | {"GIT_CONFIG_GLOBAL": os.devnull}
        done = subprocess.run(
            ["git", "-C", str(self.work), *arguments], env=environment, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, f"git {arguments}: {done.stderr}"
        return done.stdout.strip()

    def slugline(self, folder, token, *arguments):
        command = [PROGRAM, "-C", str(folder), "--api-url", self.webflow, *arguments]
        environment = os.environ | {"WEBFLOW_TOKEN": token}
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)

    def _import(self):
        (self.work / self.project).mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("remote", "add", "origin", str(self.bare))
        self.git("remote", "add", "fork", str(self.fork))
        done = self.slugline(self.work / self.project, READS, "import", "--site", self.site["site"]["id"])
        assert done.returncode == 0, done.stderr
        (self.work / ".gitlab-ci.yml").write_text(RECIPE.read_text(encoding="utf-8"), encoding="utf-8")
        self.commit("Import the site")

    def commit(self, message="Change texts", branch="main", remote="origin"):
        """Commits everything and pushes it; returns the commit."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        self.git("push", "--quiet", "--force", remote, f"HEAD:refs/heads/{branch}")
        return self.git("rev-parse", "HEAD")

    def manifest(self, name):
        return self.work / self.project / "pages" / f"{name}.yaml"

    def write(self, name, locale, field, value):
        """Changes a value of a manifest."""
        path = self.manifest(name)
        held = yaml.safe_load(path.read_text(encoding="utf-8"))
        at = held["locales"].setdefault(locale, {})
        *outer, last = field.split(".")
        for key in outer:
            at = at.setdefault(key, {})
        at[last] = value
        path.write_text(yaml.safe_dump(held, allow_unicode=True, sort_keys=False, width=1000), encoding="utf-8")

    # The site.

    def call(self, path, body=None, token=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.webflow + path, data=data, method="GET" if body is None else "PUT")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read() or b"null")

    def page(self, name):
        return yaml.safe_load(self.manifest(name).read_text(encoding="utf-8"))["id"]

    def edit(self, name, body):
        """Somebody changes the primary locale of a page in the Designer."""
        self.call(f"/v2/pages/{self.page(name)}", body, DESIGNER)

    def reads(self, name):
        return self.call(f"/v2/pages/{self.page(name)}", token=DESIGNER)

    def mark(self):
        """From here on requests are counted."""
        self.marked = len(self.call("/_sandbox/log"))

    def asked(self):
        """Returns what was asked of Webflow since the mark."""
        return self.call("/_sandbox/log")[self.marked :]

    def writes(self):
        writes = [asked for asked in self.asked() if asked["method"] != "GET"]
        return [f"{asked['method']} {asked['path']}?{asked['query']}" for asked in writes]

    # Pipelines.

    def merge_request(self, commit, base, fork=False, **more):
        """Runs the pipeline of merge request 3; that of a fork runs in the fork, with nothing of the project's settings."""
        source = "8" if fork else "7"
        variables = self._predefined(commit, "somebody/site" if fork else "group/site", source) | {
            "CI_PIPELINE_SOURCE": "merge_request_event", "CI_COMMIT_BEFORE_SHA": ZEROS,
            "CI_COMMIT_REF_NAME": "words", "CI_COMMIT_REF_PROTECTED": "false",
            "CI_MERGE_REQUEST_IID": "3", "CI_MERGE_REQUEST_PROJECT_ID": "7", "CI_MERGE_REQUEST_PROJECT_PATH": "group/site",
            "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": source, "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "words",
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main", "CI_MERGE_REQUEST_DIFF_BASE_SHA": base,
            "CI_MERGE_REQUEST_EVENT_TYPE": "detached",
        }  # fmt: skip
        return self._run(variables | more, fork)

    def push(self, commit, before, cancel=None, **more):
        """Runs the pipeline of a push to the default branch."""
        given = {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BEFORE_SHA": before} | self._on_main()
        return self._run(self._predefined(commit, "group/site", "7") | given | more, False, cancel)

    def schedule(self, commit):
        given = {"CI_PIPELINE_SOURCE": "schedule", "CI_COMMIT_BEFORE_SHA": ZEROS} | self._on_main()
        return self._run(self._predefined(commit, "group/site", "7") | given, False)

    def _on_main(self):
        return {"CI_COMMIT_BRANCH": "main", "CI_COMMIT_REF_NAME": "main", "CI_COMMIT_REF_PROTECTED": "true"}

    def _predefined(self, commit, path, project):
        return {
            "CI": "true", "GITLAB_CI": "true", "CI_COMMIT_SHA": commit, "CI_COMMIT_SHORT_SHA": commit[:8],
            "CI_DEFAULT_BRANCH": "main", "CI_PROJECT_ID": project, "CI_PROJECT_PATH": path,
            "CI_PROJECT_URL": f"{self.forge.url}/{path}", "CI_API_V4_URL": f"{self.forge.url}/api/v4",
            "CI_SERVER_HOST": "127.0.0.1", "CI_REGISTRY_IMAGE": f"registry.example.com/{path}", "CI_JOB_TOKEN": JOB,
            "GITLAB_USER_LOGIN": "ada",
        }  # fmt: skip

    def _run(self, variables, fork, cancel=None):
        path = variables["CI_PROJECT_PATH"]
        url = f"{self.forge.url.replace('://', f'://gitlab-ci-token:{JOB}@')}/{path}.git"
        # As it is in that commit, and not as it is here.
        text = self.git("show", f"{variables['CI_COMMIT_SHA']}:.gitlab-ci.yml")
        # What nobody needs a secret for is set in the fork as well.
        settings = [setting for setting in self.settings if not fork or setting[0] == "SLUGLINE_FOLDER"]
        done = self.runner.run(text, variables, settings, url, cancel)
        if not fork:
            jobs = {name: job.status for name, job in done.items()}
            source, ref = variables["CI_PIPELINE_SOURCE"], variables["CI_COMMIT_REF_NAME"]
            self.forge.record_pipeline(ref, source, variables["CI_COMMIT_SHA"], jobs)
        self.ends.append(done)
        return done

    def leaks(self):
        """Returns where a secret can be seen: in a log, an artifact, a note, or the arguments of a program."""
        places = {"arguments": self.runner.arguments.read_bytes()}
        for number, jobs in enumerate(self.ends):
            for name, done in jobs.items():
                kept = {"log": done.log.encode()} | done.artifacts | done.reports
                places |= {f"{number} {name} {path}": held for path, held in kept.items() if held}
        for note in self.forge.notes:
            places[f"note {note['id']}"] = note["body"].encode()
        return [place for place, held in places.items() if any(secret.encode() in held for secret in SECRETS)]
