"""The expressions of GitHub Actions, as far as the recipes use them. What it does not know is an error, not a guess."""

import hashlib
import json
import pathlib
import re

TOKEN = re.compile(
    r"\s*(?:(?P<number>-?\d+(?:\.\d+)?)|(?P<string>'(?:[^']|'')*')|(?P<name>[A-Za-z_][A-Za-z0-9_-]*)"
    r"|(?P<sign>&&|\|\||==|!=|!|\(|\)|\[|\]|\.|,))"
)
EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
STATUS = re.compile(r"\b(always|success|failure|cancelled)\s*\(")


class Unknown(Exception):
    """Something that this evaluator does not know, or that cannot be there."""


class Strict(dict):
    """A context all of whose names are known beforehand, so that a slip is noticed."""


class Evaluator:
    """Evaluates against contexts. `status` tells how the job stands: success, failure or cancelled."""

    def __init__(self, contexts, status="success", workspace=None):
        self.contexts, self.status, self.workspace = contexts, status, workspace

    def text(self, value):
        """Returns a value of a workflow file with its expressions replaced."""
        if not isinstance(value, str):
            return written(value)
        return EXPRESSION.sub(lambda match: written(self.evaluate(match[1])), value)

    def condition(self, value):
        """Returns whether an `if` holds. One that does not ask how the job stands holds only while nothing failed."""
        if value is None:
            return self.status == "success"
        if not isinstance(value, str):
            raise Unknown(f"an `if` that is no text: {value!r}")
        whole = EXPRESSION.fullmatch(value.strip())
        if whole is None and "${{" in value:
            raise Unknown(f"an `if` that is a text and an expression is always true: {value!r}")
        source = whole[1] if whole else value
        holds = truthy(self.evaluate(source))
        return holds if STATUS.search(source) else holds and self.status == "success"

    def evaluate(self, source):
        self.tokens, position = [], 0
        source = source.strip()
        while position < len(source):
            match = TOKEN.match(source, position)
            if match is None:
                raise Unknown(f"unknown at {source[position:]!r} in {source!r}")
            self.tokens.append((match.lastgroup, match[match.lastgroup]))
            position = match.end()
        self.tokens.append(("end", ""))
        value = self.disjunction()
        if self.tokens[0][0] != "end":
            raise Unknown(f"left over in {source!r}: {self.tokens}")
        return value

    def take(self, sign):
        if self.tokens[0] == ("sign", sign):
            self.tokens.pop(0)
            return True
        return False

    def expect(self, sign):
        if not self.take(sign):
            raise Unknown(f"`{sign}` is expected before {self.tokens}")

    def disjunction(self):
        value = self.conjunction()
        while self.take("||"):
            other = self.conjunction()
            value = value if truthy(value) else other
        return value

    def conjunction(self):
        value = self.comparison()
        while self.take("&&"):
            other = self.comparison()
            value = other if truthy(value) else value
        return value

    def comparison(self):
        value = self.negation()
        if self.take("=="):
            return equal(value, self.negation())
        if self.take("!="):
            return not equal(value, self.negation())
        return value

    def negation(self):
        if self.take("!"):
            return not truthy(self.negation())
        return self.member()

    def member(self):
        value = self.primary()
        while True:
            if self.take("."):
                kind, name = self.tokens.pop(0)
                if kind != "name":
                    raise Unknown(f"no name after a dot: {name!r}")
                value = look_up(value, name)
            elif self.take("["):
                value = look_up(value, self.disjunction())
                self.expect("]")
            else:
                return value

    def primary(self):
        kind, word = self.tokens.pop(0)
        if kind == "number":
            return float(word)
        if kind == "string":
            return word[1:-1].replace("''", "'")
        if (kind, word) == ("sign", "("):
            value = self.disjunction()
            self.expect(")")
            return value
        if kind != "name":
            raise Unknown(f"no value: {word!r}")
        if word in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[word]
        if self.take("("):
            return self.call(word.lower(), self.arguments())
        if word not in self.contexts:
            raise Unknown(f"there is no context `{word}` here")
        return self.contexts[word]

    def arguments(self):
        values = []
        while not self.take(")"):
            if values:
                self.expect(",")
            values.append(self.disjunction())
        return values

    def call(self, name, values):
        if name in ("always", "success", "failure", "cancelled"):
            return name == "always" or self.status == name
        if name == "contains":
            place, item = values
            if isinstance(place, list):
                return any(equal(value, item) for value in place)
            return written(item).lower() in written(place).lower()
        if name == "startswith":
            return written(values[0]).lower().startswith(written(values[1]).lower())
        if name == "endswith":
            return written(values[0]).lower().endswith(written(values[1]).lower())
        if name == "format":
            return re.sub(r"\{(\d+)\}", lambda match: written(values[1 + int(match[1])]), values[0])
        if name == "fromjson":
            return json.loads(values[0])
        if name == "tojson":
            return json.dumps(values[0], indent=2)
        if name == "hashfiles":
            root = pathlib.Path(self.workspace)
            found = sorted({path for glob in values for path in root.glob(glob) if path.is_file()})
            digests = b"".join(hashlib.sha256(path.read_bytes()).digest() for path in found)
            return hashlib.sha256(digests).hexdigest() if found else ""
        raise Unknown(f"there is no function `{name}`")


def look_up(value, name):
    """Returns a member. What an event does not have is null; elsewhere a name that is not there is a mistake."""
    if isinstance(value, dict):
        if name in value:
            return value[name]
        if isinstance(value, Strict):
            raise Unknown(f"`{name}` is none of {sorted(value)}")
    if isinstance(value, list) and isinstance(name, float):
        return value[int(name)] if int(name) < len(value) else None
    return None


def truthy(value):
    return value not in (None, False, 0, "")


def equal(one, other):
    if isinstance(one, str) and isinstance(other, str):
        return one.lower() == other.lower()
    if type(one) is type(other):
        return one == other
    return number(one) == number(other)


def number(value):
    if value is None or value == "":
        return 0.0
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")


def written(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(int(value)) if value == int(value) else str(value)
    if isinstance(value, str):
        return value
    raise Unknown(f"an object cannot be written as text: {value!r}")
