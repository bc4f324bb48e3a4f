"""A GitLab pipeline as its file describes it: which jobs there are, which of them run, and what each of them does.

Knows as much of `.gitlab-ci.yml` as the recipes use. What it does not know is an error and never a guess, so that a
recipe cannot pass by what the reader has overlooked.
"""

import copy
import re

import yaml

# A job may say these and nothing else.
JOB_KEYS = {
    "after_script", "allow_failure", "artifacts", "before_script", "cache", "environment", "extends", "image",
    "interruptible", "needs", "resource_group", "retry", "rules", "script", "stage", "tags", "timeout", "variables",
}  # fmt: skip
# What `default` may say, and each job takes over that says nothing of its own.
DEFAULT_KEYS = {
    "after_script", "artifacts", "before_script", "cache", "image", "interruptible", "retry", "tags", "timeout",
}  # fmt: skip
TOP_KEYS = {"default", "stages", "variables", "workflow"}
RULE_KEYS = {"if", "when", "allow_failure", "variables"}
WORKFLOW_RULE_KEYS = {"if", "when", "auto_cancel", "variables"}
WHEN = {"on_success", "on_failure", "always", "manual", "never"}
# GitLab's own limits.
MOST_EXTENDS = 11
MOST_NESTING = 10


class Unknown(Exception):
    """The file says something that is wrong, or that this reader does not know."""


class Reference(list):
    """`!reference [job, key]`, until it is resolved."""


class _Loader(yaml.SafeLoader):
    """YAML with GitLab's one tag, and without keys that stand twice."""


def _mapping(loader, node):
    keys = [loader.construct_object(key) for key, _ in node.value if key.tag != "tag:yaml.org,2002:merge"]
    twice = {key for key in keys if keys.count(key) > 1}
    if twice:
        raise Unknown(f"keys that stand twice: {sorted(twice)}")
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor("!reference", lambda loader, node: Reference(loader.construct_sequence(node)))
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


class Pipeline:
    """The jobs of a file, each with all that it says and takes over."""

    def __init__(self, text):
        document = yaml.load(text, Loader=_Loader)
        self.stages = document.get("stages", ["build", "test", "deploy"])
        self.variables = _plain(document.get("variables", {}))
        self.workflow = _known("workflow", document.get("workflow", {}), {"auto_cancel", "name", "rules"})
        _check_rules("workflow", self.workflow.get("rules", []), WORKFLOW_RULE_KEYS)
        default = _known("default", document.get("default", {}), DEFAULT_KEYS)
        parts = {name: part for name, part in document.items() if name not in TOP_KEYS}
        for name, part in parts.items():
            if not isinstance(part, dict):
                raise Unknown(f"{name}: no job")
        parts = {name: _extended(name, parts) for name in parts}
        shown = {name: part for name, part in parts.items() if not name.startswith(".")}
        self.jobs = {name: self._job(name, part, parts, default) for name, part in shown.items()}

    def _job(self, name, part, parts, default):
        job = _known(name, copy.deepcopy(default) | part, JOB_KEYS)
        for key, value in job.items():
            job[key] = _resolved(value, parts)
        for key in ("before_script", "script", "after_script"):
            job[key] = _lines(name, job.get(key, []))
        for key in ("script", "rules"):
            if not job.get(key):
                # Without rules a job runs for branches and tags, which is never what a recipe means.
                raise Unknown(f"{name}: no `{key}`")
        _check_rules(name, job["rules"], RULE_KEYS)
        if job.get("stage") not in self.stages:
            raise Unknown(f"{name}: no such stage: {job.get('stage')}")
        job["variables"] = _plain(job.get("variables", {}))
        return job

    def chosen(self, given):
        """Returns the jobs that run with the variables, in order: name, job, and its rule."""
        variables = self.variables | given
        rules = self.workflow.get("rules")
        if rules is not None:
            rule = _matching(rules, variables)
            if rule is None or rule.get("when") == "never":
                return []
            variables |= _plain(rule.get("variables", {}))
        chosen = []
        for name, job in self.jobs.items():
            rule = _matching(job["rules"], variables | job["variables"])
            if rule is not None and rule.get("when", "on_success") != "never":
                chosen.append((name, job, rule))
        return sorted(chosen, key=lambda found: self.stages.index(found[1]["stage"]))


def _known(name, mapping, keys):
    strange = set(mapping) - keys
    if strange:
        raise Unknown(f"{name}: keys that nothing is known of: {sorted(strange)}")
    return mapping


def _plain(variables):
    """Returns variables as text; those with a description and options too."""
    out = {}
    for name, value in variables.items():
        if isinstance(value, dict):
            value = _known(name, value, {"value", "description", "options"}).get("value", "")
        if not isinstance(value, str):
            raise Unknown(f"the variable {name} is no text: {value!r}")
        out[name] = value
    return out


def _extended(name, parts, depth=0):
    if depth > MOST_EXTENDS:
        raise Unknown(f"{name}: extends too far")
    if name not in parts:
        raise Unknown(f"there is no {name} to extend")
    own = parts[name]
    above = own.get("extends", [])
    merged = {}
    for parent in [above] if isinstance(above, str) else above:
        merged = _merged(merged, _extended(parent, parts, depth + 1))
    return _merged(merged, {key: value for key, value in own.items() if key != "extends"})


def _merged(below, above):
    """Mappings are merged; everything else replaces what was there."""
    out = dict(below)
    for key, value in above.items():
        both = isinstance(value, dict) and isinstance(out.get(key), dict)
        out[key] = _merged(out[key], value) if both else copy.deepcopy(value)
    return out


def _resolved(value, parts, depth=0):
    if depth > MOST_NESTING:
        raise Unknown("references lead too far")
    if isinstance(value, Reference):
        found = parts
        for key in value:
            if not isinstance(found, dict) or key not in found:
                raise Unknown(f"a reference leads nowhere: {list(value)}")
            found = found[key]
        return _resolved(found, parts, depth + 1)
    if isinstance(value, list):
        out = []
        for item in value:
            resolved = _resolved(item, parts, depth + 1)
            # A list that is referred to within a list becomes a part of it.
            out.extend(resolved) if isinstance(item, Reference) and isinstance(resolved, list) else out.append(resolved)
        return out
    if isinstance(value, dict):
        return {key: _resolved(item, parts, depth) for key, item in value.items()}
    return value


def _lines(name, script):
    lines = [script] if isinstance(script, str) else script
    for line in lines:
        if not isinstance(line, str):
            raise Unknown(f"{name}: no line of a script: {line!r}")
    return lines


def _check_rules(name, rules, keys):
    """Also of the rules that no pipeline has come to yet."""
    for rule in rules:
        _known(f"a rule of {name}", rule, keys)
        if rule.get("when", "on_success") not in WHEN:
            raise Unknown(f"{name}: no such `when`: {rule['when']}")
        holds(rule.get("if", "null"), {})


def _matching(rules, variables):
    """Returns the first rule that fits, or nothing."""
    return next((rule for rule in rules if "if" not in rule or holds(rule["if"], variables)), None)


# The language of `rules: if`.
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<operator> \|\| | && | == | != | =~ | !~ | \( | \) )
      | \$(?P<variable> [A-Za-z_][A-Za-z0-9_]* )
      | \$\{(?P<braced> [A-Za-z_][A-Za-z0-9_]* )\}
      | "(?P<double> [^"]* )" | '(?P<single> [^']* )'
      | /(?P<pattern> (?:\\.|[^/\\])+ )/(?P<flags> [a-z]* )
      | (?P<null> null\b )
    )""",
    re.VERBOSE,
)


def holds(condition, variables):
    """Returns whether the condition of a rule is true."""
    parser = _Conditions(condition, variables)
    value = parser.any_of()
    if parser.tokens:
        raise Unknown(f"cannot read the end of the condition: {condition}")
    return value


class _Conditions:
    """`&&` binds closer than `||`; a variable alone is true if it is set and not empty."""

    def __init__(self, condition, variables):
        self.condition, self.variables, self.tokens = condition, variables, []
        at, end = 0, len(condition.rstrip())
        while at < end:
            token = _TOKEN.match(condition, at)
            if not token:
                raise Unknown(f"cannot read the condition from `{condition[at:]}`: {condition}")
            self.tokens.append(token)
            at = token.end()

    def any_of(self):
        value = self.all_of()
        while self._take("||"):
            # Both sides are read, whatever the first says.
            value = self.all_of() or value
        return value

    def all_of(self):
        value = self.one()
        while self._take("&&"):
            value = self.one() and value
        return value

    def one(self):
        if self._take("("):
            value = self.any_of()
            self._need(")")
            return value
        left = self.operand()
        for operator, is_equal in (("==", True), ("!=", False)):
            if self._take(operator):
                return (left == self.operand()) == is_equal
        for operator, is_match in (("=~", True), ("!~", False)):
            if self._take(operator):
                return bool(self.pattern().search(left or "")) == is_match
        return bool(left)

    def operand(self):
        token = self._next()
        name = token["variable"] or token["braced"]
        if name:
            return self.variables.get(name)
        if token["null"]:
            return None
        for quoted in (token["double"], token["single"]):
            if quoted is not None:
                return quoted
        raise Unknown(f"`{token[0].strip()}` is no value: {self.condition}")

    def pattern(self):
        token = self._next()
        name = token["variable"] or token["braced"]
        if name:
            held = re.fullmatch(r"/(.*)/([a-z]*)", self.variables.get(name) or "")
            if not held:
                raise Unknown(f"${name} holds no pattern: {self.condition}")
            pattern, flags = held.groups()
        else:
            pattern, flags = token["pattern"], token["flags"]
        if pattern is None or set(flags) - {"i"}:
            raise Unknown(f"no pattern that can be read: {self.condition}")
        return re.compile(pattern, re.IGNORECASE if flags else 0)

    def _next(self):
        if not self.tokens:
            raise Unknown(f"the condition ends too early: {self.condition}")
        return self.tokens.pop(0)

    def _take(self, operator):
        if self.tokens and self.tokens[0]["operator"] == operator:
            self.tokens.pop(0)
            return True
        return False

    def _need(self, operator):
        if not self._take(operator):
            raise Unknown(f"`{operator}` is missing: {self.condition}")
