#!/usr/bin/env python3
"""Holds the widths that slugline counts with against those that Chromium measures, script by script.

    benches/widths.py PAGES.jsonl [PAGES.jsonl ...] [--slugline PATH] [--chromium PATH] [--titles N]

Each line of a file is a JSON object with `locale` and `seo_title`; any texts of your own will do. Chromium sets each
title in 20 pixels of Arial with kerning, as a search result does. Where there is no Arial, a font of the same metrics must
stand in (Liberation Sans: Debian's fonts-liberation2), with fonts for the other scripts (fonts-noto-core and
fonts-noto-cjk). Nothing is kept: the project lives in a temporary folder.
"""

import argparse
import html
import json
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import unicodedata

SIZE = 20
# Named, so that whatever else is installed does not change the figures.
FALLBACK = ", ".join(
    f"'Noto Sans {name}'"
    for name in ["Arabic", "Devanagari", "Bengali", "Thai", "Armenian", "Georgian", "Tamil", "Myanmar", "Khmer", "Ethiopic"]
)
# How Unicode's names of letters begin, and what the table calls them.
SCRIPTS = {
    "LATIN": "Latin", "CYRILLIC": "Cyrillic", "GREEK": "Greek", "HEBREW": "Hebrew", "ARABIC": "Arabic",
    "DEVANAGARI": "Devanagari", "BENGALI": "Bengali", "HANGUL": "Hangul", "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese", "CJK": "Chinese", "THAI": "Thai", "ARMENIAN": "Armenian", "GEORGIAN": "Georgian",
    "TAMIL": "Tamil", "MYANMAR": "Myanmar", "KHMER": "Khmer", "ETHIOPIC": "Ethiopic", "SINHALA": "Sinhala",
}  # fmt: skip


def script(title):
    """Returns the script of most letters; one kana among Chinese characters makes Japanese."""
    counts = {}
    for letter in title:
        name = SCRIPTS.get(unicodedata.name(letter, "").split(" ")[0])
        if name:
            counts[name] = counts.get(name, 0) + 1
    if counts.get("Japanese"):
        return "Japanese"
    return max(counts, key=counts.get) if counts else None


def read_titles(paths, most):
    """Returns up to so many different titles of each script, spread over the files."""
    by_script = {}
    for path in paths:
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                title = " ".join((row.get("seo_title") or "").split())
                name = script(title)
                if name:
                    by_script.setdefault(name, {}).setdefault(title, row["locale"])
    for name, titles in sorted(by_script.items()):
        chosen = sorted(titles.items())
        step = max(1, len(chosen) / most)
        yield name, [chosen[int(at * step)] for at in range(min(most, len(chosen)))]


def counted(slugline, titles):
    """Returns the pixels that slugline counts: it tells them of every title once none is narrow enough."""
    with tempfile.TemporaryDirectory() as folder:
        project = pathlib.Path(folder)
        rules = "{seo-title/too-wide: {severity: info, threshold: 0}}"
        (project / "slugline.yaml").write_text(f"version: 1\nsite: a1\nlint: {{profile: google-only, rules: {rules}}}\n")
        (project / "pages").mkdir()
        documents = [
            json.dumps({"path": f"/p{number}", "locales": {"en": {"seo": {"title": title}}}}, ensure_ascii=False)
            for number, title in enumerate(titles)
        ]
        (project / "pages" / "all.yaml").write_text("\n---\n".join(documents) + "\n", encoding="utf-8")
        done = subprocess.run(
            [slugline, "-C", folder, "validate", "--offline", "--format", "json"], capture_output=True, text=True
        )
        if done.returncode != 0:
            sys.exit(f"validate ended with {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    widths = {}
    for problem in json.loads(done.stdout)["problems"]:
        if problem["code"] == "seo-title/too-wide":
            widths[int(problem["page"][2:])] = int(re.search(r"\((?:≈ )?(\d+) px\)", problem["message"]).group(1))
    return [widths[number] for number in range(len(titles))]


def measured(chromium, titles):
    """Returns the pixels that Chromium measures."""
    spans = "\n".join(f'<span lang="{locale}">{html.escape(title)}</span><br>' for title, locale in titles)
    page = f"""<!doctype html><meta charset="utf-8">
<style>span {{ font: 400 {SIZE}px Arial, {FALLBACK}, sans-serif; white-space: pre }}</style>
{spans}
<script>
const widths = [...document.querySelectorAll("span")].map(span => span.getBoundingClientRect().width);
document.body.innerHTML = "<pre>" + JSON.stringify(widths) + "</pre>";
</script>"""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "titles.html")
        file.write_text(page, encoding="utf-8")
        command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile"]
        done = subprocess.run([*command, "--dump-dom", file.as_uri()], capture_output=True, text=True, timeout=120)
    found = re.search(r"<pre>(\[.*?\])</pre>", done.stdout, re.S)
    if not found:
        sys.exit(f"{chromium} measured nothing\n{done.stderr[-2000:]}")
    return json.loads(found.group(1))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="+", metavar="PAGES.jsonl")
    parser.add_argument("--slugline", default="target/release/slugline", help="the program (%(default)s)")
    parser.add_argument("--chromium", default="chromium", help="the browser (%(default)s)")
    parser.add_argument("--titles", type=int, default=200, help="of each script, at most (%(default)s)")
    options = parser.parse_args()
    slugline = str(pathlib.Path(options.slugline).resolve())

    print(f"{'':<12} {'titles':>6} {'mean px':>8} {'counted - measured, px: mean':>30} {'mean %':>8} {'over':>7} {'under':>7}")
    for name, titles in read_titles(options.pages, options.titles):
        count = counted(slugline, [title for title, _ in titles])
        real = measured(options.chromium, titles)
        errors = [ours - theirs for ours, theirs in zip(count, real)]
        share = 100 * sum(errors) / sum(real)
        print(
            f"{name:<12} {len(titles):>6} {statistics.mean(real):>8.0f} {statistics.mean(errors):>+30.1f} {share:>+8.1f}"
            f" {max(errors):>+7.1f} {min(errors):>+7.1f}"
        )


if __name__ == "__main__":
    main()
