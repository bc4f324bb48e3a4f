#!/usr/bin/env python3
"""Tries slugline on a site made of real page metadata, and says what each step cost.

    benches/real_site.py PAGES.jsonl [PAGES.jsonl ...] [--slugline PATH] [--edits N]

Each line of a file is a JSON object with `source, locale, key, path, slug, title, seo_title, description`, and
`same_seo_title, same_description` where a translation repeats the primary locale's text. All sources become one site,
a folder each, with `en` as the primary locale. Nothing is kept: the project lives in a temporary folder.

The steps: import, plan (nothing to do), a table of it all and back (no byte changes), edit N values over ten locales,
plan (exactly those), pull in a copy (every byte as imported), apply (exactly the requests needed), plan (nothing to
do). The program stops at the first step that is not so.
"""

import argparse
import hashlib
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

PRIMARY = "en"
TOKEN = "real-site-token"


def object_id(text):
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def read_rows(paths):
    for path in paths:
        with open(path, encoding="utf-8") as lines:
            yield from (json.loads(line) for line in lines if line.strip())


class Site:
    """A sandbox document in the making."""

    def __init__(self, rows):
        self.folders = {}
        self.taken = set()
        pages = {}
        for row in rows:
            pages.setdefault((row["source"], row["key"]), {}).setdefault(row["locale"], row)
        # A page that the primary locale lacks cannot be on a Webflow site.
        self.skipped = sum(len(locales) for locales in pages.values() if PRIMARY not in locales)
        pages = {key: locales for key, locales in pages.items() if PRIMARY in locales}
        self.locales = sorted({locale for locales in pages.values() for locale in locales} - {PRIMARY})
        self.pages = [self.page(source, key, rows) for (source, key), rows in sorted(pages.items())]

    def folder(self, segments):
        """Returns the id of a folder, made with those around it on first use."""
        if not segments:
            return None
        if tuple(segments) not in self.folders:
            parent = self.folder(segments[:-1])
            slug = self.free_slug(parent, [PRIMARY, *self.locales], segments[-1])
            folder = {"id": object_id("folder " + "/".join(segments)), "parent": parent, "slug": slug}
            self.folders[tuple(segments)] = {key: value for key, value in folder.items() if value is not None}
        return self.folders[tuple(segments)]["id"]

    def free_slug(self, folder, locales, slug):
        slug = re.sub(r"[\s/?#]+", "-", slug).strip("-") or "index"
        number, candidate = 1, slug
        while any((folder, locale, candidate) in self.taken for locale in locales):
            number += 1
            candidate = f"{slug}-{number}"
        self.taken.update((folder, locale, candidate) for locale in locales)
        return candidate

    def page(self, source, key, rows):
        primary = rows[PRIMARY]
        segments = [part for part in primary["path"].split("/") if part and part != PRIMARY]
        folder = self.folder([source, *segments[:-1]])
        own = [locale for locale, row in rows.items() if row["slug"] and row["slug"] != primary["slug"]]
        inherited = [locale for locale in [PRIMARY, *self.locales] if locale == PRIMARY or locale not in own]
        slug = self.free_slug(folder, inherited, primary["slug"] or (segments or ["index"])[-1])
        values = {}
        for locale, row in rows.items():
            is_primary = locale == PRIMARY
            value = {}
            if row["title"] and (is_primary or row["title"] != primary["title"]):
                value["title"] = row["title"]
            if is_primary:
                value["slug"] = slug
                value.setdefault("title", slug)
            elif locale in own:
                value["slug"] = self.free_slug(folder, [locale], row["slug"])
            seo = {}
            if row["seo_title"] and (is_primary or not row.get("same_seo_title")):
                seo["title"] = row["seo_title"]
            if row["description"] and (is_primary or not row.get("same_description")):
                seo["description"] = row["description"]
            if seo:
                value["seo"] = seo
            if value:
                values["primary" if is_primary else locale] = value
        return {"id": object_id(f"page {source} {key}"), "folder": folder, "values": values}

    def document(self):
        return {
            "site": {"id": object_id("site"), "displayName": "Real metadata"},
            "tokens": [{"token": TOKEN}],
            "locales": {"primary": {"tag": PRIMARY}, "secondary": [{"tag": tag} for tag in self.locales]},
            "folders": list(self.folders.values()),
            "pages": self.pages,
        }


class Trial:
    def __init__(self, slugline, project, url):
        self.slugline, self.project, self.url = slugline, project, url

    def run(self, step, *arguments):
        """Runs the program, prints what it cost, and returns stdout and the requests."""
        self.door("DELETE", "log")
        start = time.monotonic()
        done = subprocess.run(
            [self.slugline, "-C", self.project, "--api-url", self.url, *arguments],
            env={"WEBFLOW_TOKEN": TOKEN}, capture_output=True, text=True,
        )
        seconds = time.monotonic() - start
        if done.returncode != 0:
            sys.exit(f"{step} ended with {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
        log = json.loads(self.door("GET", "log"))
        reads = sum(entry["method"] == "GET" for entry in log)
        print(f"{step:<28} {reads:>6} reads {len(log) - reads:>5} writes {seconds:>8.2f} s", flush=True)
        return done.stdout, log

    def same_bytes(self, step, expected):
        if contents(self.project) != expected:
            sys.exit(f"{step}: the files are not as they were")

    def door(self, method, name):
        request = urllib.request.Request(f"{self.url}/_sandbox/{name}", method=method)
        with urllib.request.urlopen(request) as answer:
            return answer.read().decode()

    def plan(self, step, expected):
        text, _ = self.run(step, "plan", "--format", "json")
        changes = json.loads(text)["changes"]
        if len(changes) != expected:
            sys.exit(f"{step}: {len(changes)} changes in place of {expected}\n{json.dumps(changes[:3], indent=2)}")
        return changes


def contents(project):
    """Returns all files of a project by name, what the program keeps for itself left out."""
    files = (path for path in pathlib.Path(project).rglob("*") if path.is_file())
    names = ((str(path.relative_to(project)), path) for path in files)
    return {name: path.read_bytes() for name, path in names if not name.startswith(".slugline/")}


def locale_blocks(text):
    """Returns the lines of a manifest, and for each locale the places of its lines."""
    lines, blocks, current = text.splitlines(), {}, None
    for number, line in enumerate(lines):
        key = re.fullmatch(r"  ['\"]?([A-Za-z-]+)['\"]?:", line)
        if key:
            current = blocks.setdefault(key.group(1), [])
        elif current is not None and line.startswith("    "):
            current.append(number)
    return lines, blocks


def edit(project, count):
    """Changes so many descriptions, in turn in ten locales; returns the page-locales concerned."""
    files = sorted(project.glob("pages/**/*.yaml"))
    described = {}
    for file in files:
        lines, blocks = locale_blocks(file.read_text(encoding="utf-8"))
        for locale, numbers in blocks.items():
            for number in numbers:
                # One line only: what spans several is left alone.
                if re.match(r"      description: [^|>]", lines[number]) and (
                    number + 1 == len(lines) or not lines[number + 1].startswith("       ")
                ):
                    described.setdefault(locale, []).append((file, number))
    locales = sorted(described, key=lambda locale: (-len(described[locale]), locale))[:10]
    edited = set()
    for turn in range(count):
        locale = locales[turn % len(locales)]
        places = described[locale]
        file, number = places[(turn // len(locales)) * 7 % len(places)]
        lines = file.read_text(encoding="utf-8").split("\n")
        lines[number] = f"      description: Edited {turn}"
        file.write_text("\n".join(lines), encoding="utf-8")
        page = re.search(r"^id: ['\"]?([0-9a-f]+)", "\n".join(lines), re.MULTILINE).group(1)
        edited.add((page, locale))
    if len(edited) != count:
        sys.exit(f"only {len(edited)} page-locales to edit")
    return edited, locales


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="+", metavar="PAGES.jsonl")
    parser.add_argument("--slugline", default="target/release/slugline", help="the program (%(default)s)")
    parser.add_argument("--edits", type=int, default=50)
    options = parser.parse_args()
    slugline = str(pathlib.Path(options.slugline).resolve())

    site = Site(read_rows(options.pages))
    document = site.document()
    own = sum(len(page["values"]) for page in site.pages)
    with tempfile.TemporaryDirectory() as folder:
        state = pathlib.Path(folder, "sandbox.json")
        state.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        project = pathlib.Path(folder, "project")
        project.mkdir()
        server = subprocess.Popen(
            [slugline, "sandbox", "serve", "--state", str(state), "--no-limit"], stdout=subprocess.PIPE, text=True
        )
        try:
            line = server.stdout.readline()
            if not line:
                sys.exit("the sandbox did not start")
            print(
                f"{len(site.pages)} pages, {len(site.locales) + 1} locales, {own} page-locales with values of their own, "
                f"{len(site.folders)} folders; {site.skipped} rows without a primary page left out"
            )
            trial = Trial(slugline, str(project), json.loads(line)["url"])
            trial.run("import", "import")
            manifests = len(list(project.glob("pages/**/*.yaml")))
            print(f"{'':<28} {manifests} manifests")
            trial.plan("plan after import", 0)
            trial.run("import again", "import")
            imported = contents(project)
            table = pathlib.Path(folder, "words.csv")
            trial.run("export", "export", "--csv", str(table))
            print(f"{'':<28} {table.stat().st_size} bytes of CSV")
            trial.run("import of the table", "import", "--csv", str(table))
            trial.same_bytes("import of the table", imported)
            trial.run("pull", "pull")
            trial.same_bytes("pull", imported)
            edited, locales = edit(project, options.edits)
            changes = trial.plan(f"plan of {options.edits} edits", options.edits)
            planned = {(change["page"], change["locale"]) for change in changes}
            if planned != edited:
                sys.exit(f"other page-locales than edited: {sorted(planned ^ edited)}")
            copy = Trial(slugline, shutil.copytree(project, pathlib.Path(folder, "copy")), trial.url)
            copy.run("pull of the edits", "pull")
            copy.same_bytes("pull of the edits", imported)
            _, log = trial.run("apply", "apply", "--yes")
            check_writes(log, json.loads(trial.door("GET", "state")), edited)
            trial.plan("plan after apply", 0)
            print(f"edited locales: {', '.join(locales)}")
        finally:
            server.terminate()
            server.wait()


def check_writes(log, state, edited):
    tags = {locale["id"]: locale["tag"] for locale in state["locales"]["secondary"]}
    written = []
    for entry in log:
        if entry["method"] != "GET":
            locale = re.search(r"localeId=(\w+)", entry["query"])
            written.append((entry["path"].rsplit("/", 1)[-1], tags[locale.group(1)] if locale else PRIMARY))
    if sorted(written) != sorted(edited):
        sys.exit(f"{len(written)} writes in place of {len(edited)}: {sorted(set(written) ^ edited)}")


if __name__ == "__main__":
    main()
