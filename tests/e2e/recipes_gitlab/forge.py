"""A small GitLab on loopback: repositories over HTTP, the notes of a merge request, and a log of all that is asked of it.

It behaves as GitLab does in what the recipe leans on: whoever has no token gets a 401, a note of somebody else cannot be
changed, lists come in pages, a commit can be fetched by its hash, and push options open merge requests.
"""

import base64
import http.server
import json
import os
import pathlib
import re
import subprocess
import threading
import urllib.parse

# GitLab's own limit of a note.
MOST_CHARACTERS = 1_000_000
HOOK = """#!/bin/sh
i=0
while [ "$i" -lt "${GIT_PUSH_OPTION_COUNT:-0}" ]; do
    eval "printf '%s\\n' \\"\\$GIT_PUSH_OPTION_$i\\""
    i=$((i + 1))
done > push-options
"""


class Forge:
    """The server. `tokens` names who has which token; `pushers` are those whose token may push."""

    def __init__(self, folder, tokens, pushers):
        self.folder, self.tokens, self.pushers = folder, tokens, pushers
        self.users = {name: number for number, name in enumerate(sorted(set(tokens.values())), start=11)}
        self.notes, self.requests, self.pushes, self.pipelines = [], [], [], []
        self.lock = threading.Lock()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"forge": self}))
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def create_repository(self, path):
        """Makes an empty repository that can be reached as GitLab's can."""
        repository = self.folder / f"{path}.git"
        git = ["git", "-C", str(repository)]
        subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", str(repository)], check=True)
        settings = {"uploadpack.allowAnySHA1InWant": "true", "receive.advertisePushOptions": "true",
                    "http.receivepack": "true"}  # fmt: skip
        for name, value in settings.items():
            subprocess.run([*git, "config", name, value], check=True)
        hook = repository / "hooks" / "post-receive"
        hook.write_text(HOOK)
        hook.chmod(0o755)
        return repository

    def record_pipeline(self, ref, source, commit, jobs):
        """Keeps how the jobs of a pipeline ended. The same commit again is the same pipeline, whose jobs are retried."""
        with self.lock:
            found = next((held for held in self.pipelines if (held["sha"], held["source"]) == (commit, source)), None)
            if found is None:
                number = 500 + len(self.pipelines)
                found = {"id": number, "sha": commit, "ref": ref, "source": source,
                         "web_url": f"{self.url}/group/site/-/pipelines/{number}"}  # fmt: skip
                self.pipelines.append(found)
            is_well = all(status == "success" for status in jobs.values())
            found |= {"status": "success" if is_well else "failed", "jobs": jobs}

    def add_note(self, author, body):
        with self.lock:
            note = {"id": 1000 + len(self.notes), "body": body, "system": False, "changes": 0,
                    "author": {"id": self.users[author], "username": author}}  # fmt: skip
            self.notes.append(note)
            return note

    def notes_of(self, author):
        return [note for note in self.notes if note["author"]["username"] == author]

    def writes(self):
        """Returns what was asked of the API that changes something."""
        return [asked for asked in self.requests if asked[0] != "GET"]


class _Handler(http.server.BaseHTTPRequestHandler):
    forge = None
    protocol_version = "HTTP/1.1"
    # Only to end a test that hangs.
    timeout = 60

    def do_GET(self):
        self.answer()

    def do_POST(self):
        self.answer()

    def do_PUT(self):
        self.answer()

    def log_message(self, *_):
        pass

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        path, _, query = self.path.partition("?")
        if ".git/" in path:
            return self.repository(path, query, body)
        user = self.forge.tokens.get(self.headers.get("PRIVATE-TOKEN"))
        with self.forge.lock:
            self.forge.requests.append((self.command, path, user, body.decode()))
        if user is None:
            return self.say(401, {"message": "401 Unauthorized"})
        if path == "/api/v4/user":
            return self.say(200, {"id": self.forge.users[user], "username": user})
        if path.startswith("/api/v4/projects/7/pipelines"):
            return self.list_pipelines(path, dict(urllib.parse.parse_qsl(query)))
        found = re.fullmatch(r"/api/v4/projects/7/merge_requests/3/notes(?:/(\d+))?", path)
        if not found:
            return self.say(404, {"error": "404 Not Found"})
        if self.command == "GET":
            return self.list_notes(dict(urllib.parse.parse_qsl(query)))
        text = json.loads(body)["body"]
        if not text.strip() or len(text) > MOST_CHARACTERS:
            return self.say(400, {"message": {"note": ["is too long or blank"]}})
        # GitLab keeps no white space at the end.
        text = text.rstrip()
        if self.command == "POST" and not found[1]:
            return self.say(201, self.forge.add_note(user, text))
        note = next((note for note in self.forge.notes if str(note["id"]) == found[1]), None)
        if note is None or self.command != "PUT":
            return self.say(404, {"message": "404 Note Not Found"})
        if note["author"]["username"] != user:
            return self.say(403, {"message": "403 Forbidden"})
        note["body"], note["changes"] = text, note["changes"] + 1
        return self.say(200, note)

    def list_pipelines(self, path, query):
        """Lists pipelines, the newest first, or the jobs of one."""
        of_one = re.fullmatch(r"/api/v4/projects/7/pipelines/(\d+)/jobs", path)
        if of_one:
            jobs = next(held["jobs"] for held in self.forge.pipelines if held["id"] == int(of_one[1]))
            return self.say(200, [{"name": name, "status": status} for name, status in jobs.items()])
        size = min(int(query.get("per_page", 20)), 100)
        wanted = {name: query[name] for name in ("ref", "source") if name in query}
        held = [found for found in reversed(self.forge.pipelines) if found.items() >= wanted.items()]
        self.say(200, [{name: value for name, value in found.items() if name != "jobs"} for found in held[:size]])

    def list_notes(self, query):
        page, size = int(query.get("page", 1)), min(int(query.get("per_page", 20)), 100)
        notes = list(self.forge.notes)
        if query.get("sort", "desc") == "desc":
            notes.reverse()
        more = page * size < len(notes)
        head = {"X-Page": str(page), "X-Next-Page": str(page + 1) if more else "", "X-Per-Page": str(size)}
        self.say(200, notes[(page - 1) * size : page * size], head)

    def repository(self, path, query, body):
        """Lets git's own program answer, after it has been seen who asks."""
        scheme, _, held = (self.headers.get("Authorization") or "").partition(" ")
        token = base64.b64decode(held).decode().partition(":")[2] if scheme == "Basic" else None
        user = self.forge.tokens.get(token)
        is_push = path.endswith("/git-receive-pack") or "git-receive-pack" in query
        if user is None:
            return self.say(401, {}, {"WWW-Authenticate": 'Basic realm="GitLab"'})
        if is_push and user not in self.forge.pushers:
            return self.say(403, {"message": "You are not allowed to push code to this project."})
        environment = os.environ | {
            "GIT_PROJECT_ROOT": str(self.forge.folder), "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": path,
            "QUERY_STRING": query, "REQUEST_METHOD": self.command, "REMOTE_USER": user,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""), "GIT_CONFIG_GLOBAL": os.devnull,
        }  # fmt: skip
        done = subprocess.run(["git", "http-backend"], input=body, env=environment, capture_output=True, timeout=60)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if line)
        status = int(headers.pop("Status", "200").split()[0])
        if path.endswith("/git-receive-pack"):
            options = pathlib.Path(f"{self.forge.folder}{path.removesuffix('/git-receive-pack')}") / "push-options"
            with self.forge.lock:
                self.forge.pushes.append(options.read_text().splitlines() if options.exists() else [])
        self.send(status, headers, content)

    def say(self, status, value, headers=None):
        text = json.dumps(value).encode()
        self.send(status, {"Content-Type": "application/json"} | (headers or {}), text)

    def send(self, status, headers, content):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
