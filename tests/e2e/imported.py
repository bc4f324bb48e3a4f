#!/usr/bin/env python3
"""Imports a simulated site and lets YAML readers of other makers say what the files hold.

    pip install -r tests/e2e/requirements.txt
    npm ci                      # of tests/e2e/package.json, in the current folder
    cargo build
    python3 tests/e2e/imported.py

Each file must read the same everywhere, and what all files say must be what the site holds: a value that a manifest does
not state is inherited from the primary locale, or is empty.
"""

import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.request

import ruamel.yaml
import yaml

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = os.environ.get("SLUGLINE", str(REPOSITORY / "target" / "debug" / "slugline"))
SITE = ["--pages", "150", "--locales", "6", "--seed", "11", "--no-limit"]

# Texts that one version of YAML or another takes for something else when they are written carelessly.
HARD = [
    "no", "Yes", "on", "null", "~", "true", "404", "1e3", "0x1F", "0o17", "017", "1_000", "12:30:45", "2024-01-01",
    ".inf", "-.5", "<<", "=", "- a: b", "a: b", "a #b", "#b", "?", "-", "---", "...", "%YAML 1.1", "!tag", "&a", "*a",
    "@a", "`a`", "|", ">", "[a]", "{a}", "{{wf {\"path\":\"name\"} }}", "'", '"', "it's \"it\"", "\\n", " a", "a ",
    "a\nb", "a\n\nb\n", "\na", "a\tb", "\ta", "\u00a0a\u00a0", "a\u0085b", "a\u2028b", "a\u202eb", "\ufeffa", "🧺", "e\u0301",
    "word " * 60 + "end",
]  # fmt: skip

TEXTS = ["title", "slug", "seo.title", "seo.description", "openGraph.title", "openGraph.description"]
FLAGS = {"openGraph.title": "openGraph.titleCopied", "openGraph.description": "openGraph.descriptionCopied"}


@contextlib.contextmanager
def sandbox():
    """Serves the site on loopback, and stops in any case."""
    server = subprocess.Popen([PROGRAM, "sandbox", "serve", *SITE], stdout=subprocess.PIPE, text=True)
    try:
        yield json.loads(server.stdout.readline())
    finally:
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def request(url, body=None):
    data = None if body is None else json.dumps(body).encode()
    call = urllib.request.Request(url, data=data, method="GET" if body is None else "PUT")
    with urllib.request.urlopen(call, timeout=20) as answer:
        return answer.read()


def with_hard_texts(site):
    """Gives as many pages a hard text for a title, and their first other locale the next one."""
    tag = site["locales"]["secondary"][0]["tag"]
    pages = [page for page in site["pages"] if is_imported(page)]
    for index, (page, text) in enumerate(zip(pages, HARD, strict=False)):
        page["values"]["primary"].setdefault("seo", {})["title"] = text
        page["values"].setdefault(tag, {})["title"] = HARD[(index + 1) % len(HARD)]
    assert len(pages) >= len(HARD), "there are more hard texts than pages"
    return site


def import_into(folder, served):
    environment = os.environ | {"WEBFLOW_TOKEN": served["token"]}
    command = [PROGRAM, "-C", folder, "--api-url", served["url"], "import", "--site", served["site"]]
    subprocess.run(command, env=environment, check=True, timeout=120)


def is_imported(page):
    return page.get("kind") != "utility" and not page.get("archived") and "branch" not in page


def readings(folder):
    """Returns what each reader makes of each file, by file."""
    files = sorted(str(path) for path in pathlib.Path(folder).rglob("*.yaml"))
    newer = ruamel.yaml.YAML(typ="safe", pure=True)
    newer.version = (1, 2)
    program = """
        const {parse} = require("yaml");
        const read = (file) => parse(require("fs").readFileSync(file, "utf8"));
        const files = JSON.parse(require("fs").readFileSync(0, "utf8"));
        console.log(JSON.stringify(files.map(read)));
    """
    node = subprocess.run(
        ["node", "-e", program], input=json.dumps(files), capture_output=True, text=True, check=True, timeout=120
    )
    read = {}
    for file, by_npm in zip(files, json.loads(node.stdout), strict=True):
        text = pathlib.Path(file).read_text(encoding="utf-8")
        name = os.path.relpath(file, folder)
        read[name] = {"PyYAML": yaml.safe_load(text), "ruamel.yaml": newer.load(text), "npm yaml": by_npm}
    return read


def disagreements(by_reader):
    """Returns a line for each reader that reads otherwise than the first."""
    # As JSON, `1`, `true` and `"1"` differ, and a date is no string.
    texts = {name: json.dumps(value, sort_keys=True, default=repr) for name, value in by_reader.items()}
    first, *others = texts
    return [f"{name}: {texts[name]}\n    {first}: {texts[first]}" for name in others if texts[name] != texts[first]]


def lookup(values, field):
    for key in field.split("."):
        values = values.get(key, {})
    return None if values == {} else values


def resolved(locales, primary, tags):
    """Returns the value of each field in each locale, inherited ones too."""
    values = {}
    for tag in tags:
        layers = [locales.get(tag, {}), locales.get(primary, {})]
        for field in TEXTS:
            flag = FLAGS.get(field)
            for layer in layers:
                text = lookup(layer, field)
                # The flag decides; text without one says that it is not copied.
                copied = flag and lookup(layer, flag)
                if text is not None or copied is not None:
                    break
            values[tag, field] = (None if copied else text) or ""
    return values


def path_of(page, site):
    folders = {folder["id"]: folder for folder in site.get("folders", [])}
    path = "/" + page["values"]["primary"].get("slug", "")
    inner = folders.get(page.get("folder"))
    while inner:
        path = f"/{inner['slug']}{path}"
        inner = folders.get(inner.get("parent"))
    return path


def differences(manifest, page, site):
    """Returns a line for each value of the page that the manifest does not say."""
    primary = site["locales"]["primary"]["tag"]
    tags = [primary, *(locale["tag"] for locale in site["locales"]["secondary"])]
    held = {primary if key == "primary" else key: values for key, values in page["values"].items()}
    if page.get("kind") in ("home", "template"):
        # Their slug cannot be set, so no manifest states it.
        held = {tag: {key: value for key, value in values.items() if key != "slug"} for tag, values in held.items()}
    want = resolved(held, primary, tags)
    have = resolved(manifest["locales"], primary, tags)
    lines = [f"{place}: holds {want[place]!r}, file says {have[place]!r}" for place in want if want[place] != have[place]]
    if manifest["path"] != path_of(page, site):
        lines.append(f"path: is {path_of(page, site)!r}, file says {manifest['path']!r}")
    return lines


def main():
    with sandbox() as served, tempfile.TemporaryDirectory() as folder:
        state = f"{served['url']}/_sandbox/state"
        site = with_hard_texts(json.loads(request(state)))
        request(state, site)
        import_into(folder, served)
        files = readings(folder)
    problems = {name: disagreements(by_reader) for name, by_reader in files.items()}
    project = files.pop("slugline.yaml")["PyYAML"]
    if project.get("site") != served["site"]:
        problems["slugline.yaml"].append(f"names the site {project.get('site')!r}")
    pages = {page["id"]: page for page in site["pages"] if is_imported(page)}
    for name, by_reader in files.items():
        manifest = by_reader["PyYAML"]
        page = pages.pop(manifest["id"], None)
        problems[name] += differences(manifest, page, site) if page else ["describes no page that is to be described"]
    for identity in pages:
        problems[identity] = ["no file describes this page"]
    for name, lines in problems.items():
        for line in lines:
            print(f"{name}: {line}")
    failed = sum(1 for lines in problems.values() if lines)
    print(f"{len(problems) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
