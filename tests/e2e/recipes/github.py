"""A GitHub on loopback, as far as the recipes ask it. It records every request, and lets a token do no more than the
`permissions` of its job say."""

import http.server
import json
import re
import threading
import urllib.parse

BOT = "github-actions[bot]"
LEVELS = ["none", "read", "write"]


class Forbidden(Exception):
    pass


class GitHub:
    def __init__(self, repository):
        self.repository = repository
        self.tokens, self.requests, self.lock = {}, [], threading.Lock()
        self.items, self.comments, self.pulls, self.runs = [], [], [], []
        # The names of the labels of a pull request, by its number.
        self.labels = {}
        self.next = 1000
        handler = type("Handler", (Handler,), {"github": self})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/api/v3"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def new_token(self, permissions):
        token = f"ghs_secretOfJob{len(self.tokens)}"
        self.tokens[token] = permissions
        return token

    def need(self, token, *permissions):
        """Fails unless the token has one of the permissions, each written as scope and level."""
        granted = self.tokens.get(token, {})
        for scope, level in zip(permissions[::2], permissions[1::2], strict=True):
            if LEVELS.index(granted.get(scope, "none")) >= LEVELS.index(level):
                return
        raise Forbidden(f"a permission is missing: one of {permissions}")

    def comment(self, number, author, body):
        """Somebody comments."""
        self.next += 1
        comment = {"id": self.next, "issue": number, "user": author and {"login": author}, "body": body}
        self.comments.append(comment)
        return comment

    def written(self):
        """Returns the requests that wanted to change something."""
        return [(method, path) for method, path, _ in self.requests if method != "GET"]

    def answer(self, method, path, query, body, token):
        prefix = f"/api/v3/repos/{self.repository}/"
        if not path.startswith(prefix):
            return 404, {"message": "Not Found"}
        if token not in self.tokens:
            return 401, {"message": "Bad credentials"}
        for verb, pattern, function in ROUTES:
            match = re.fullmatch(pattern, path.removeprefix(prefix))
            if verb == method and match:
                try:
                    return function(self, token, query, body, *match.groups())
                except Forbidden as error:
                    return 403, {"message": str(error)}
        return 404, {"message": f"there is no {method} {path} here"}

    def list_comments(self, token, query, _body, number):
        self.need(token, "issues", "read", "pull-requests", "read")
        return 200, page([comment for comment in self.comments if comment["issue"] == int(number)], query)

    def add_comment(self, token, _query, body, number):
        self.need(token, "issues", "write", "pull-requests", "write")
        if len(body["body"]) > 65536:
            return 422, {"message": "Body is too long"}
        return 201, self.comment(int(number), BOT, body["body"])

    def change_comment(self, token, _query, body, identifier):
        self.need(token, "issues", "write", "pull-requests", "write")
        (comment,) = [comment for comment in self.comments if comment["id"] == int(identifier)]
        comment |= body
        return 200, comment

    def list_issues(self, token, query, _body):
        self.need(token, "issues", "read")
        found = [item for item in self.items if item["state"] == query["state"]]
        found = [item for item in found if query["labels"] in [label["name"] for label in item["labels"]]]
        return 200, page(found, query)

    def add_issue(self, token, _query, body):
        self.need(token, "issues", "write")
        self.next += 1
        labels = [{"name": name} for name in body.pop("labels")]
        issue = {"number": self.next, "state": "open", "user": {"login": BOT}, **body, "labels": labels}
        self.items.append(issue)
        return 201, issue

    def change_issue(self, token, _query, body, number):
        self.need(token, "issues", "write")
        (issue,) = [item for item in self.items if item["number"] == int(number)]
        issue |= body
        return 200, issue

    def list_pulls(self, token, query, _body):
        self.need(token, "pull-requests", "read")
        found = [pull for pull in self.pulls if pull["state"] == query["state"]]
        owner, _, branch = query["head"].partition(":")
        found = [
            pull for pull in found if pull["head"]["ref"] == branch and pull["head"]["repo"]["owner"]["login"] == owner
        ]
        return 200, page(found, query)

    def list_labels(self, token, query, _body, number):
        self.need(token, "issues", "read", "pull-requests", "read")
        return 200, page([{"name": name} for name in self.labels.get(int(number), [])], query)

    def add_pull(self, token, _query, body):
        self.need(token, "pull-requests", "write")
        self.next += 1
        owner = self.repository.split("/")[0]
        head = {"ref": body["head"], "sha": "", "repo": {"full_name": self.repository, "owner": {"login": owner}}}
        pull = {
            "number": self.next,
            "state": "open",
            "title": body["title"],
            "base": {"ref": body["base"]},
            "head": head,
        }
        self.pulls.append(pull)
        return 201, pull

    def list_runs(self, token, query, _body, workflow):
        self.need(token, "actions", "read")
        found = [run for run in reversed(self.runs) if run["path"] == f".github/workflows/{workflow}"]
        for name, key in {"event": "event", "head_sha": "head_sha", "status": "conclusion"}.items():
            found = [run for run in found if name not in query or run[key] == query[name]]
        return 200, {"total_count": len(found), "workflow_runs": page(found, query)}


ROUTES = [
    ("GET", r"issues/(\d+)/comments", GitHub.list_comments),
    ("GET", r"issues/(\d+)/labels", GitHub.list_labels),
    ("POST", r"issues/(\d+)/comments", GitHub.add_comment),
    ("PATCH", r"issues/comments/(\d+)", GitHub.change_comment),
    ("GET", r"issues", GitHub.list_issues),
    ("POST", r"issues", GitHub.add_issue),
    ("PATCH", r"issues/(\d+)", GitHub.change_issue),
    ("GET", r"pulls", GitHub.list_pulls),
    ("POST", r"pulls", GitHub.add_pull),
    ("GET", r"actions/workflows/([\w.-]+)/runs", GitHub.list_runs),
]


def page(found, query):
    """Returns one page: 30 items if nothing else is asked for, 100 at most."""
    size, number = min(int(query.get("per_page", 30)), 100), int(query.get("page", 1))
    return found[(number - 1) * size : number * size]


class Handler(http.server.BaseHTTPRequestHandler):
    github = None

    def handle_any(self):
        url = urllib.parse.urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
        query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        token = (self.headers.get("authorization") or "").removeprefix("Bearer ")
        with self.github.lock:
            self.github.requests.append((self.command, self.path, body))
            status, answer = self.github.answer(self.command, url.path, query, json.loads(body or "null"), token)
        text = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json; charset=utf-8")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PATCH = handle_any

    def log_message(self, *_):
        pass
