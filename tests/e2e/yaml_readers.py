#!/usr/bin/env python3
"""Shows the written hard strings to YAML readers of other makers, and compares what they read.

    pip install pyyaml ruamel.yaml
    npm install yaml            # optional, in the current folder
    python3 tests/e2e/yaml_readers.py

`tests/cases/emit/hard-strings.yaml` is what `slugline` writes (a Rust test proves it fresh), and
`hard-strings.json` what every reader must find in it.
"""

import json
import pathlib
import shutil
import subprocess
import sys

FOLDER = pathlib.Path(__file__).parent.parent / "cases" / "emit"
WRITTEN = FOLDER / "hard-strings.yaml"


def pyyaml():
    """YAML 1.1, as Python and Ruby read it."""
    import yaml

    return yaml.safe_load(WRITTEN.read_text(encoding="utf-8"))


def ruamel(version):
    """The same library for both versions of YAML."""
    from ruamel.yaml import YAML

    reader = YAML(typ="safe", pure=True)
    reader.version = version
    return reader.load(WRITTEN.read_text(encoding="utf-8"))


def npm(version):
    """The library behind most editors."""
    program = """
        const {parse} = require('yaml');
        const text = require('fs').readFileSync(process.argv[1], 'utf8');
        console.log(JSON.stringify(parse(text, {version: process.argv[2]})));
    """
    run = subprocess.run(
        ["node", "-e", program, str(WRITTEN), version], capture_output=True, text=True, check=True
    )
    return json.loads(run.stdout)


def main():
    expected = json.loads((FOLDER / "hard-strings.json").read_text(encoding="utf-8"))
    readers = {
        "PyYAML, 1.1": pyyaml,
        "ruamel.yaml, 1.1": lambda: ruamel((1, 1)),
        "ruamel.yaml, 1.2": lambda: ruamel((1, 2)),
    }
    if shutil.which("node") and pathlib.Path("node_modules/yaml").exists():
        readers["npm yaml, 1.1"] = lambda: npm("1.1")
        readers["npm yaml, 1.2"] = lambda: npm("1.2")
    failed = False
    for name, read in readers.items():
        found = {key: value["title"] for key, value in read()["locales"].items()}
        wrong = {key: found.get(key) for key in expected if found.get(key) != expected[key]}
        failed = failed or bool(wrong) or len(found) != len(expected)
        print(f"{name}: {len(found)} strings, {len(wrong)} wrong")
        for key, value in wrong.items():
            print(f"  {key}: wrote {expected[key]!r}, read {value!r}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
