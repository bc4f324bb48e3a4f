#!/usr/bin/env python3
"""Runs every step of the GitHub recipes and of the action, against a GitHub and a Webflow on loopback.

    pip install -r tests/e2e/requirements.txt
    cargo build
    python3 tests/e2e/recipes/test_recipes.py [-v] [NAME…]

Needs bash, git, curl and jq. Without names it runs all scenarios, and fails if there is a step that none has run. With
SLUGLINE_BUILD=1 the program is also built from source, as the action does where there is none; that takes minutes.
"""

import json
import os
import re
import shutil
import sys
import unittest

# The tree stays as it is.
sys.dont_write_bytecode = True

import runner  # noqa: E402
from expressions import Evaluator, Strict, Unknown  # noqa: E402
from github import BOT  # noqa: E402
from world import ABOUT, FORK, GUIDE, READ_TOKEN, TOWEL, UPSTREAM, WRITE_TOKEN, World  # noqa: E402

TITLE = ("about-us.yaml", "About the editors of the Guide", "About those who write the Guide")
OTHER_TITLE = ("about-us.yaml", "About those who write the Guide", "About everyone who writes the Guide")
MARKER = "<!-- slugline:plan v=1 digest=sha256:"
# What somebody could write in the Designer to reach out of the place where it is shown.
HOSTILE = (
    "x\n::error::pwned\n--> <!-- slugline:plan v=1 --> @ford **bold** [a](https://evil.example) </code></details> "
    "`${{ 1 }}` $(id)"
)
BUILDS = os.environ.get("SLUGLINE_BUILD") == "1"


class Expressions(unittest.TestCase):
    """The evaluator itself: what it knows, and that it guesses nothing."""

    contexts = {"github": {"ref": "main", "number": 7.0, "gone": None}, "inputs": Strict(yes="true", no="")}

    def test_values(self):
        for source, expected in {
            "github.ref == 'MAIN' && 'a' || 'b'": "a",
            "github.ref != 'main' && 'a' || 'b'": "b",
            "inputs.no && 'a'": "",
            "!inputs.no && !false": True,
            "github.gone == ''": True,
            "github.number == '7'": True,
            "github.event.pull_request.number || 'none'": "none",
            "format('{0} it''s {1}', inputs.yes, 2)": "true it's 2",
            "contains(fromJSON('[\"a\", \"b\"]'), 'B')": True,
            "startsWith(github['ref'], 'MA')": True,
            "(false || true) && github.number": 7.0,
        }.items():
            self.assertEqual(Evaluator(self.contexts).evaluate(source), expected, source)

    def test_conditions(self):
        for source, holds in {
            None: [True, False, False],
            "github.ref == 'main'": [True, False, False],
            "${{ !cancelled() }}": [True, True, False],
            "always() && inputs.no == ''": [True, True, True],
            "failure()": [False, True, False],
        }.items():
            for status, expected in zip(["success", "failure", "cancelled"], holds, strict=True):
                self.assertIs(Evaluator(self.contexts, status).condition(source), expected, (source, status))

    def test_what_is_unknown_is_an_error(self):
        for source in ["steps.a", "inputs.maybe", "nonsense()", "a b", "github.ref ==", "1 +", "github.", "(true"]:
            with self.assertRaises(Unknown, msg=source):
                Evaluator(self.contexts).evaluate(source)
        with self.assertRaises(Unknown):
            Evaluator(self.contexts).condition("${{ false }} || true")


class Scenario(unittest.TestCase):
    folder, environment, program = ".", None, True

    def setUp(self):
        self.world = World(self.folder, self.environment, self.program)
        self.addCleanup(self.world.close)
        self.addCleanup(self.no_secrets_left)

    def no_secrets_left(self):
        """Holds for every scenario, however it ended."""
        secrets = [READ_TOKEN, WRITE_TOKEN, *self.world.github.tokens]
        for place, text in self.world.everything().items():
            for secret in secrets:
                self.assertNotIn(secret.encode(), text, place)

    def run_recipe(self, recipe, event_name, event, expected="success", **more):
        outcome = self.world.run(recipe, event_name, event, **more)
        self.assertEqual(outcome.conclusion, expected, outcome.log)
        return outcome

    def plan(self, event, expected="success"):
        return self.run_recipe("plan.yml", "pull_request", event, expected)

    def comments(self):
        return [comment for comment in self.world.github.comments if comment["user"] == {"login": BOT}]

    def comment(self):
        (comment,) = self.comments()
        return comment["body"]


class Plan(Scenario):
    def test_one_comment_is_posted_updated_and_left_alone(self):
        outcome = self.plan(self.world.push_branch("words", TITLE))
        first = self.comment()
        self.assertTrue(first.startswith(MARKER), first)
        self.assertIn("those who write", first)
        self.assertEqual(self.world.github.written(), [("POST", f"/api/v3/repos/{UPSTREAM}/issues/7/comments")])
        self.assertIn("those who write", outcome.summary)
        self.assertIn("::notice title=slugline::Plan: 1 field to change", outcome.log)
        outputs = outcome.steps["plan"]["outputs"]
        self.assertEqual((outputs["has_changes"], outputs["has_drift"]), ("true", "false"))
        self.assertEqual((outputs["exit_code"], outputs["exit_name"]), ("2", "changes"))
        self.assertIn(f"digest={outputs['digest']} -->", first)
        artifact = self.world.artifact(outcome.run_id, "slugline-plan")
        self.assertEqual(sorted(path.name for path in artifact.iterdir()), ["plan.json", "report.html"])

        self.plan(self.world.push_branch("words", OTHER_TITLE))
        self.assertIn("everyone who writes", self.comment())
        self.assertEqual(len(self.world.github.written()), 2)

        # A commit that changes nothing of the plan.
        self.plan(self.world.push_branch("words"))
        self.assertEqual(len(self.world.github.written()), 2)
        self.assertEqual(self.world.writes(), [])

    def test_the_workflow_of_the_readme_works(self):
        event = self.world.push_branch("words", TITLE)
        self.run_recipe("docs/ci.md", "pull_request", event)
        self.assertIn("those who write", self.comment())

    def test_a_report_that_cannot_be_written_does_not_keep_the_plan_from_being_shown(self):
        event = self.world.push_branch("words", TITLE)
        more = "          report: /dev/null/report.html\n"
        self.run_recipe("docs/ci.md", "pull_request", event, "failure", more_steps=more)
        self.assertIn("those who write", self.comment())

    def test_an_earlier_plan_of_the_same_job_is_not_taken_for_a_new_one(self):
        event = self.world.push_branch("words", TITLE)
        again = "      - uses: example/slugline@v0\n        with: {comment: true, webflow-token: wrong}\n"
        self.run_recipe("docs/ci.md", "pull_request", event, "failure", more_steps=again)
        self.assertIn("There is no plan for the latest commit: unavailable.", self.comment())

    def test_nothing_to_change_updates_a_comment_and_makes_none(self):
        event = self.world.push_branch("words")
        outcome = self.plan(event)
        self.assertEqual(outcome.steps["plan"]["outputs"]["has_changes"], "false")
        self.assertEqual(self.comments(), [])
        self.plan(self.world.push_branch("words", TITLE))
        self.assertIn("those who write", self.comment())
        self.plan(self.world.push_branch("words", (TITLE[0], TITLE[2], TITLE[1])))
        self.assertIn("Nothing to change", self.comment())

    def test_comments_of_others_are_left_alone(self):
        github = self.world.github
        event = self.world.push_branch("words", TITLE)
        self.plan(event)
        (ours,) = self.comments()
        github.comments.remove(ours)
        github.comment(7, "stranger", ours["body"])
        github.comment(7, None, ours["body"])
        # Our own words, but not at the start; our own words about another project.
        github.comment(7, BOT, f"Somebody said {ours['body']}")
        github.comment(7, BOT, ours["body"].replace("directory=.", "directory=elsewhere"))
        for number in range(117):
            github.comment(7, f"person-{number}", f"Comment {number}")
        before = json.dumps(github.comments)
        # On the second page, as it comes back once somebody has edited it in the browser.
        ours["body"] = ours["body"].replace("\n", "\r\n")
        github.comments.append(ours)
        self.plan(event)
        self.assertEqual(len(github.written()), 1)
        self.plan(self.world.push_branch("words", OTHER_TITLE))
        self.assertEqual(json.dumps(github.comments[:-1]), before)
        self.assertIn("everyone who writes", ours["body"])

    def test_live_text_does_nothing(self):
        self.world.edit_site(ABOUT, "seo.title", HOSTILE)
        outcome = self.plan(self.world.push_branch("words", TITLE), "failure")
        body = self.comment()
        self.assertIn("pwned", body)
        self.assertEqual([line for line in outcome.log.split("\n") if re.match(r"\s*::error::", line)], [])
        for text in (body, outcome.summary):
            self.assertNotIn("@ford **", text)
            self.assertNotIn("](https://evil", text)
            self.assertNotIn("</code></details> ", text)
            self.assertEqual(text.count("slugline:plan"), 1)
        self.plan(self.world.push_branch("words"), "failure")
        self.assertEqual(len(self.comments()), 1)

    def test_a_conflict_fails_after_it_is_shown(self):
        event = self.world.push_branch("words", TITLE)
        self.world.edit_site(ABOUT, "seo.title", "About the people of the Guide")
        outcome = self.plan(event, "failure")
        self.assertIn("#### Conflicts", self.comment())
        self.assertIn("#### Conflicts", outcome.summary)
        self.assertEqual(outcome.steps["plan"]["outputs"]["exit_name"], "refused")
        self.assertIn(("Comment on the pull request", "success"), outcome.ran)
        self.assertIn(("End as the program did", "failure"), outcome.ran)
        self.assertTrue(self.world.artifact(outcome.run_id, "slugline-plan").is_dir())

    def test_a_wrong_token_fails(self):
        self.world.secrets = {"WEBFLOW_READ_TOKEN": "wf-wrong-secret"}
        outcome = self.plan(self.world.push_branch("words", TITLE), "failure")
        self.assertEqual(outcome.steps["plan"]["outputs"]["exit_name"], "unavailable")
        self.assertEqual(self.comments(), [])
        self.assertIn("::error title=slugline::There is no plan: unavailable (exit code 5).", outcome.log)
        self.assertIn("**There is no plan: unavailable.**", outcome.summary)
        for place, text in self.world.everything().items():
            self.assertNotIn(b"wf-wrong-secret", text, place)

    def test_a_missing_token_fails(self):
        self.world.secrets = {}
        outcome = self.plan(self.world.push_branch("words", TITLE), "failure")
        self.assertEqual(outcome.steps["plan"]["outputs"]["exit_name"], "unavailable")

    def test_a_mistake_is_told_where_the_plan_was(self):
        self.plan(self.world.push_branch("words", TITLE))
        event = self.world.push_branch("words", ("about-us.yaml", "    title: About us\n", "    titel: About us\n"))
        outcome = self.plan(event, "failure")
        self.assertEqual(outcome.steps["plan"]["outputs"]["plan"], "")
        self.assertRegex(outcome.log, r"::error file=pages/about-us.yaml,line=5,col=5,title=unknown-key::")
        self.assertIn("There is no plan for the latest commit: invalid.", self.comment())
        self.plan(self.world.push_branch("words", ("about-us.yaml", "    titel: About us\n", "    title: About us\n")))
        self.assertIn("those who write", self.comment())

    def test_no_permission_to_comment_is_said(self):
        self.world.github.new_token = lambda permissions: GitHubWithout.new_token(self.world.github, permissions)
        outcome = self.plan(self.world.push_branch("words", TITLE), "failure")
        self.assertIn("is there `pull-requests: write`", outcome.log)

    def test_the_job_of_a_fork_is_left_to_the_other_recipe(self):
        event = self.world.push_branch("words", TITLE, repository=FORK)
        self.run_recipe("plan.yml", "pull_request", event, "skipped")

    def test_dependabot_and_a_merge_queue_are_skipped(self):
        event = self.world.push_branch("words", TITLE)
        self.run_recipe("plan.yml", "merge_group", {}, "skipped")
        event["pull_request"]["user"] = {"login": "dependabot[bot]"}
        self.plan(event, "skipped")
        _, closed = self.world.merge("words")
        self.run_recipe("apply-saved.yml", "pull_request", closed, "skipped")

    def test_the_secrets_of_an_environment_are_there_for_main_alone(self):
        # Of the stand-in, by which the recipes are judged.
        self.assertNotIn(WRITE_TOKEN, self.world.secrets_of(None).values())
        self.assertIn(WRITE_TOKEN, self.world.secrets_of(("webflow", "refs/heads/main")).values())
        with self.assertRaises(Unknown):
            self.world.secrets_of(("webflow", "refs/pull/7/merge"))

    def test_two_copies_of_a_recipe_do_not_wait_for_each_other(self):
        for path in runner.RECIPES.glob("*.yml"):
            self.assertTrue(runner.load(path)["concurrency"]["group"].startswith("${{ github.workflow }}"), path)


class GitHubWithout:
    """Gives a job a token that may do nothing."""

    @staticmethod
    def new_token(github, _permissions):
        token = f"ghs_powerless{len(github.tokens)}"
        github.tokens[token] = {}
        return token


class PlanInFolder(Scenario):
    folder = "sites/main"

    def test_a_project_in_a_folder(self):
        outcome = self.plan(self.world.push_branch("words", TITLE))
        self.assertIn("<!-- directory=sites%2Fmain environment= -->", self.comment())
        long = (
            "A title that is far too long for what a search engine shows of it, and so cut off somewhere in its middle"
        )
        outcome = self.plan(self.world.push_branch("words", (TITLE[0], TITLE[2], long)))
        # Once as an annotation, and in full in the log.
        self.assertIn("::warning file=sites/main/pages/about-us.yaml,line=7,", outcome.part("Show"))
        self.assertEqual(outcome.log.count("title=seo-title/too-wide::"), 1)
        self.assertIn("warning[seo-title/too-wide]", outcome.part("Lint what the branch has changed"))
        outcome = self.plan(self.world.push_branch("words", (TITLE[0], long, '""')))
        self.assertRegex(outcome.part("Show"), r"::\w+ file=sites/main/pages/about-us.yaml,line=7,")


SLUG = ("guide-to-the-galaxy.yaml", "    slug: guide-to-the-galaxy\n", "    slug: the-guide\n")
# Six page-locales of three pages.
MANY = [
    TITLE,
    (
        "guide-to-the-galaxy.yaml",
        "title: The Ultimate Hitchhiker's Guide to the Galaxy",
        "title: The Hitchhiker's Guide",
    ),
    ("guide-to-the-galaxy.yaml", "Le guide ultime du voyageur galactique", "Le guide du voyageur"),
    ("guide-to-the-galaxy.yaml", "La guía definitiva de la galaxia", "La guía de la galaxia entera"),
    ("guide/towel-day.yaml", "Celebrate Towel Day on May 25", "Towel Day is on May 25"),
    ("guide/towel-day.yaml", "Celebra el Día de la Toalla", "El Día de la Toalla"),
]


class Applying(Scenario):
    """What both ways to apply have in common."""

    def writes_of(self, plan):
        """Returns the writes that a plan announces, as the log of the simulated site tells them."""
        operations = json.loads(plan.read_text(encoding="utf-8"))["operations"]
        queries = {
            "en-US": "",
            "fr-FR": "localeId=653fd9af6a07fc9cfd7a5e56",
            "es-MX": "localeId=654112a3a525b2739d97664c",
        }
        return sorted((f"/v2/pages/{one['page']}", queries[one["locale"]], 200) for one in operations)

    def reads_as_main_says(self):
        self.assertIn("Nothing to change", self.world.slugline("plan"))


class Apply(Applying):
    def apply(self, event, expected="success", event_name="push", **more):
        return self.run_recipe("apply.yml", event_name, event, expected, **more)

    def merged(self, *edits):
        self.planned = self.plan(self.world.push_branch("words", *edits))
        self.assertEqual(self.world.writes(), [])
        push, _ = self.world.merge("words")
        return push

    def test_a_merge_writes_what_the_plan_said_and_once(self):
        push = self.merged(*MANY)
        planned = self.writes_of(self.world.artifact(self.planned.run_id, "slugline-plan") / "plan.json")
        self.assertEqual(len(planned), 6)
        outcome = self.apply(push)
        self.assertEqual(sorted(self.world.writes()), planned)
        self.assertIn("requests written: 6 of 6.", outcome.summary)
        self.reads_as_main_says()
        artifact = self.world.artifact(outcome.run_id, "slugline-runs-1")
        self.assertEqual(len(list(artifact.rglob("plan.json"))), 1)
        again = self.apply(push)
        self.assertEqual(self.world.writes(), [])
        self.assertIn("### slugline apply: ok", again.summary)

    def test_an_edit_on_the_site_is_kept(self):
        push = self.merged(TITLE)
        self.world.edit_site(GUIDE, "seo.title", "Somebody's own words")
        self.apply(push)
        self.assertEqual(len(self.world.writes()), 1)
        self.assertIn("Somebody's own words", self.world.slugline("plan"))

    def test_a_guard_stops_and_passes_by_hand(self):
        push = self.merged(("about-us.yaml", "About the editors of the Guide", '""'), SLUG)
        outcome = self.apply(push, "failure")
        self.assertIn("refused by the guards slug-change, blanking", outcome.log)
        self.assertIn("### slugline apply: refused\n\nNothing was written.", outcome.summary)
        self.assertIn(("Apply", "failure"), outcome.ran)
        self.assertEqual(self.world.writes(), [])
        inputs = {"inputs": {"before": push["before"], "allow": "slug-change blanking"}}
        self.apply(inputs, event_name="workflow_dispatch")
        self.assertEqual(len(self.world.writes()), 2)
        self.apply({"inputs": {"before": "no-such-commit"}}, "failure", event_name="workflow_dispatch")

    def test_the_first_push_writes_nothing(self):
        self.world.edit_site(ABOUT, "seo.title", "Somebody's own words")
        zeros = {"before": "0" * 40}
        outcome = self.apply(zeros)
        self.assertIn("::notice::There is no commit before this push", outcome.log)
        self.assertEqual(self.world.writes(), [])

    def test_a_forced_push_that_has_lost_the_commit_before_it_is_left_to_a_person(self):
        push = self.merged(TITLE)
        outcome = self.apply(push | {"before": "1234567890" * 4}, "failure")
        self.assertIn("::error::The commit before this push is lost", outcome.log)
        self.assertEqual(self.world.writes(), [])
        self.apply({"inputs": {"before": push["before"], "allow": ""}}, event_name="workflow_dispatch")
        self.assertEqual(len(self.world.writes()), 1)

    def test_a_run_made_again_does_not_write_what_was_reverted_since(self):
        push = self.merged(TITLE)
        self.world.environments = {"webflow": {}}
        self.apply(push, "failure")
        self.world.environments = {"webflow": {"WEBFLOW_WRITE_TOKEN": WRITE_TOKEN}}
        self.world.push_branch("back", (TITLE[0], TITLE[2], TITLE[1]), MANY[4], number=8)
        revert, _ = self.world.merge("back", number=8)
        self.apply(revert)
        self.assertEqual(len(self.world.writes()), 1)
        self.apply(push)
        self.assertEqual(self.world.writes(), [])
        self.reads_as_main_says()

    def test_a_run_made_again_writes_what_is_left(self):
        push = self.merged(TITLE)
        self.world.environments = {"webflow": {}}
        self.apply(push, "failure")
        self.world.environments = {"webflow": {"WEBFLOW_WRITE_TOKEN": WRITE_TOKEN}}
        self.world.push_branch("more", MANY[4], number=8)
        later, _ = self.world.merge("more", number=8)
        self.apply(later)
        self.assertEqual(len(self.world.writes()), 1)
        self.apply(push)
        self.assertEqual(len(self.world.writes()), 1)
        self.reads_as_main_says()

    def test_a_token_that_reads_writes_nothing(self):
        push = self.merged(TITLE)
        self.world.environments = {"webflow": {"WEBFLOW_WRITE_TOKEN": READ_TOKEN}}
        with self.assertRaisesRegex(Unknown, "`Apply` has a Webflow token"):
            self.apply(push)
        self.world.environments = {"webflow": {}}
        outcome = self.apply(push, "failure")
        self.assertIn("### slugline apply: unavailable", outcome.summary)
        self.assertEqual(self.world.writes(), [])

    def test_a_wrong_token_writes_nothing(self):
        push = self.merged(TITLE)
        self.world.environments = {"webflow": {"WEBFLOW_WRITE_TOKEN": "wf-wrong-secret"}}
        outcome = self.apply(push, "failure")
        self.assertIn("### slugline apply: unavailable", outcome.summary)
        self.assertNotIn("wf-wrong-secret", outcome.log + outcome.summary)

    def test_a_cancelled_run_ends_cleanly_and_is_resumed(self):
        push = self.merged(*MANY)
        # The first is answered at once, and then others are under way for far longer than it takes to cancel.
        slow = {"match": {"method": "PUT"}, "after": 1, "times": 1000, "do": "delay:3000"}
        self.world.ask_webflow("PUT", "faults", [slow])

        def has_written(job):
            events = job.temp / "slugline" / "events.jsonl"
            return events.exists() and b'"finished"' in events.read_bytes()

        outcome = self.apply(push, "cancelled", interrupt=has_written)
        self.assertIn("##[exit]130", outcome.log)
        self.assertIn("### slugline apply: interrupted", outcome.summary)
        # What was under way is finished, and nothing that still waited for its turn was sent.
        first = self.world.writes()
        self.assertIn(len(first), range(1, 6), outcome.log)
        self.assertEqual({status for *_, status in first}, {200})
        self.world.ask_webflow("PUT", "faults", [])

        artifact = self.world.artifact(outcome.run_id, "slugline-runs-1")
        shutil.copytree(artifact, self.world.author / ".slugline" / "runs", dirs_exist_ok=True)
        self.world.slugline("apply", "--resume", "--yes")
        planned = self.writes_of(self.world.artifact(self.planned.run_id, "slugline-plan") / "plan.json")
        self.assertEqual(sorted(first + self.world.writes()), planned)
        self.reads_as_main_says()


class ApplyInFolder(Applying):
    folder = "sites/main"

    def test_a_project_in_a_folder(self):
        self.world.push_branch("words", TITLE)
        push, _ = self.world.merge("words")
        outcome = self.run_recipe("apply.yml", "push", push)
        self.assertEqual(len(self.world.writes()), 1)
        self.assertEqual(len(list(self.world.artifact(outcome.run_id, "slugline-runs-1").rglob("events.jsonl"))), 1)


class Environment(Applying):
    environment = "production"

    def test_an_environment_is_named_to_the_program_and_in_the_comment(self):
        self.plan(self.world.push_branch("words", TITLE))
        self.assertTrue(self.comment().startswith("<!-- slugline:plan env=production v=1 digest=sha256:"))
        self.assertIn("\n<!-- directory=. environment=production -->\n", self.comment())
        self.plan(self.world.push_branch("words", OTHER_TITLE))
        self.assertEqual(len(self.comments()), 1)
        push, _ = self.world.merge("words")
        outcome = self.run_recipe("apply.yml", "push", push)
        self.assertEqual(len(self.world.writes()), 1)
        self.assertIn("requests written: 1 of 1.", outcome.summary)

    def test_an_environment_is_named_to_drift_and_pull(self):
        self.world.edit_site(ABOUT, "seo.title", "Somebody's own words")
        self.run_recipe("drift.yml", "schedule", {})
        self.assertIn("\n<!-- directory=. environment=production -->\n", self.world.github.items[0]["body"])
        self.run_recipe("pull.yml", "workflow_dispatch", {"inputs": {"anyway": False}})
        self.assertIn("Somebody's own words", runner.git(self.world.remote, "diff", "main...slugline/pull"))


class ApplySaved(Applying):
    def test_exactly_the_reviewed_plan_is_applied(self):
        planned = self.plan(self.world.push_branch("words", *MANY))
        # The same commit, planned by a fork; and a run of ours that failed, after it.
        for run in ({"head_repository": {"full_name": FORK}, "id": 1}, {"conclusion": "failure", "id": 2}):
            self.world.github.runs.append(self.world.github.runs[0] | run)
        _, closed = self.world.merge("words")
        self.run_recipe("apply-saved.yml", "pull_request", closed)
        plan = self.world.artifact(planned.run_id, "slugline-plan") / "plan.json"
        self.assertEqual(sorted(self.world.writes()), self.writes_of(plan))
        self.reads_as_main_says()

    def test_it_refuses_if_the_site_has_moved(self):
        self.plan(self.world.push_branch("words", *MANY))
        _, closed = self.world.merge("words")
        self.world.edit_site(ABOUT, "seo.title", "Somebody's own words")
        outcome = self.run_recipe("apply-saved.yml", "pull_request", closed, "failure")
        self.assertIn("### slugline apply: refused", outcome.summary)
        self.assertEqual(self.world.writes(), [])

    def test_a_plan_of_an_earlier_commit_is_not_taken(self):
        self.plan(self.world.push_branch("words", TITLE))
        self.world.push_branch("words", OTHER_TITLE)
        _, closed = self.world.merge("words")
        outcome = self.run_recipe("apply-saved.yml", "pull_request", closed, "failure")
        self.assertIn("plan.yml has not succeeded for the last commit", outcome.log)
        self.assertEqual(self.world.writes(), [])

    def test_a_guard_stops_and_a_label_lets_it_pass(self):
        self.plan(self.world.push_branch("words", SLUG))
        _, closed = self.world.merge("words")
        labels = self.world.github.labels
        labels[7] = ["bug", "allow", "allow Slug-Change", "allow slug-change --page", "x allow slug-change"]
        labels[7].append("allow slug-change\n--page")
        outcome = self.run_recipe("apply-saved.yml", "pull_request", closed, "failure")
        self.assertIn("refused by the guard slug-change", outcome.log)
        self.assertEqual(self.world.writes(), [])
        # The job is run again.
        labels[7].append("allow slug-change")
        self.run_recipe("apply-saved.yml", "pull_request", closed)
        self.assertEqual(len(self.world.writes()), 1)

    def test_what_was_not_merged_is_not_applied(self):
        event = self.world.push_branch("words", TITLE)
        self.plan(event)
        self.run_recipe("apply-saved.yml", "pull_request", event | {"action": "closed"}, "skipped")


class Drift(Scenario):
    def look(self):
        outcome = self.run_recipe("drift.yml", "schedule", {})
        self.assertEqual(self.world.writes(), [])
        return outcome

    def test_one_issue_is_opened_updated_and_closed(self):
        github = self.world.github
        self.look()
        self.assertEqual(github.written(), [])
        self.world.edit_site(ABOUT, "seo.title", "Somebody's own words")
        outcome = self.look()
        self.assertEqual(outcome.ran[1][1], "success")
        (issue,) = github.items
        self.assertIn("Somebody's own words", issue["body"])
        self.assertEqual(issue["title"], "The site reads differently from the manifests")
        marker, project, empty, causes, *_ = issue["body"].split("\n")
        self.assertTrue(marker.startswith(MARKER), marker)
        self.assertEqual((project, empty), ("<!-- directory=. environment= -->", ""))
        self.assertIn("edited on the site, or is a merge that was not applied", causes)
        self.assertEqual([label["name"] for label in issue["labels"]], ["slugline-drift"])
        stranger = {**issue, "number": 1, "user": {"login": "stranger"}}
        github.items.insert(0, dict(stranger))
        self.look()
        self.assertEqual(len(github.written()), 1)
        self.world.edit_site(TOWEL, "seo.title", "Other words")
        self.look()
        self.assertIn("Other words", issue["body"])
        self.assertEqual(len(github.written()), 2)
        self.world.edit_site(ABOUT, "seo.title", "About the editors of the Guide")
        self.world.edit_site(TOWEL, "seo.title", "Celebrate Towel Day on May 25")
        self.look()
        self.assertEqual((issue["state"], issue["state_reason"]), ("closed", "completed"))
        self.assertNotIn("not applied", issue["body"])
        self.assertEqual(github.items[0], stranger)
        self.world.edit_site(ABOUT, "seo.title", "Once more")
        self.look()
        self.assertEqual([item["state"] for item in github.items], ["open", "closed", "open"])


class Pull(Scenario):
    def pull(self, expected="success", anyway=False):
        outcome = self.run_recipe("pull.yml", "workflow_dispatch", {"inputs": {"anyway": anyway}}, expected)
        self.assertEqual(self.world.writes(), [])
        return outcome

    def branches(self):
        return runner.git(self.world.remote, "branch", "--format=%(refname:short)").split("\n")

    def test_a_pull_request_takes_over_what_was_edited(self):
        github = self.world.github
        self.pull()
        self.assertEqual((self.branches(), github.written()), (["main"], []))
        self.world.edit_site(ABOUT, "seo.title", "Somebody's own words")
        self.pull()
        (pull,) = github.pulls
        self.assertEqual((pull["head"]["ref"], pull["base"]["ref"]), ("slugline/pull", "main"))
        self.world.edit_site(TOWEL, "seo.title", "Other words")
        self.pull()
        self.assertEqual(len(github.pulls), 1)
        patch = runner.git(self.world.remote, "diff", "main...slugline/pull")
        self.assertIn("+      title: Somebody's own words", patch)
        self.assertIn("+      title: Other words", patch)
        author = self.world.author
        runner.git(author, "pull", "--quiet", "origin", "slugline/pull")
        self.assertIn("Nothing to change", self.world.slugline("plan"))

    def test_a_merge_that_was_not_applied_is_not_taken_back(self):
        self.world.push_branch("words", SLUG)
        push, _ = self.world.merge("words")
        self.run_recipe("apply.yml", "push", push, "failure")
        # A later one is applied, which does not settle the one before it.
        self.world.push_branch("title", TITLE, number=8)
        later, _ = self.world.merge("title", number=8)
        self.run_recipe("apply.yml", "push", later)
        (failed, _) = self.world.github.runs
        self.world.writes()
        outcome = self.pull()
        self.assertIn(f"/actions/runs/{failed['id']} has not applied what was merged", outcome.log)
        self.assertIn("Nothing was pulled", outcome.summary)
        self.assertEqual((self.branches(), self.world.github.pulls[2:]), (["main", "title", "words"], []))
        # One that is under way, or was cancelled, has not applied either; what was skipped says nothing.
        for conclusion, pulled in {None: False, "cancelled": False, "skipped": True, "success": True}.items():
            failed["conclusion"] = conclusion
            ran = [name for name, _ in self.pull().ran]
            self.assertEqual("Pull" in ran, pulled, conclusion)
        failed["conclusion"] = "failure"
        by_hand = {"inputs": {"before": push["before"], "allow": "slug-change"}}
        self.run_recipe("apply.yml", "workflow_dispatch", by_hand)
        self.world.writes()
        self.assertIn(("Pull", "success"), self.pull().ran)

    def test_it_pulls_anyway_if_somebody_says_so(self):
        self.world.push_branch("words", SLUG)
        push, _ = self.world.merge("words")
        self.run_recipe("apply.yml", "push", push, "failure")
        self.pull(anyway=True)
        self.assertIn("+    slug: guide-to-the-galaxy", runner.git(self.world.remote, "diff", "main...slugline/pull"))

    def test_what_can_be_pulled_is_proposed_even_if_some_of_it_cannot(self):
        manifest = self.world.author / "pages" / "about-us.yaml"
        text = manifest.read_text(encoding="utf-8").replace("title: About us", "title: &name About us", 1)
        manifest.write_text(text.replace("title: About the editors of the Guide", "title: *name"), encoding="utf-8")
        self.world.commit("Say it once")
        runner.git(self.world.author, "push", "--quiet", "origin", "main")
        self.world.edit_site(ABOUT, "seo.title", "Somebody's own words")
        self.world.edit_site(TOWEL, "seo.title", "Other words")
        outcome = self.pull("failure")
        self.assertIn("##[exit]6", outcome.log)
        self.assertEqual(len(self.world.github.pulls), 1)


class Forking(Scenario):
    """What a fork does, and what is done for it."""

    def push(self, *edits):
        # Forks get no secrets.
        self.world.secrets = {}
        self.world.ask_webflow("DELETE", "log")
        return self.world.push_branch("words", *edits, repository=FORK)

    def offline_plan(self, event, expected="success"):
        outcome = self.run_recipe("fork-plan.yml", "pull_request", event, expected)
        self.assertEqual(self.world.ask_webflow("GET", "log"), [])
        self.assertEqual(self.world.github.requests, [])
        return outcome

    def told(self, event, outcome, **more):
        head = event["pull_request"]["head"]
        run = {
            "id": outcome.run_id,
            "name": "slugline fork plan",
            "event": "pull_request",
            "head_sha": head["sha"],
            "head_branch": head["ref"],
            "head_repository": head["repo"],
        }
        return {"action": "completed", "workflow_run": run | more}

    def show(self, told, expected="success"):
        outcome = self.run_recipe("fork-comment.yml", "workflow_run", told, expected)
        self.assertEqual(list(outcome.job.workspace.iterdir()), [], "something was checked out")
        return outcome


class Fork(Forking):
    def test_a_comment_without_any_secret(self):
        event = self.push(TITLE)
        told = self.told(event, self.offline_plan(event))
        self.show(told)
        self.assertIn("those who write", self.comment())
        self.assertEqual(self.comments()[0]["issue"], 7)
        self.show(told)
        self.assertEqual(len(self.world.github.written()), 1)

    def test_only_the_pull_request_of_that_commit_and_fork_is_commented_on(self):
        event = self.push(TITLE)
        outcome = self.offline_plan(event)
        for other in (
            {"head_sha": "0" * 40},
            {"head_branch": "other"},
            {"head_repository": {"full_name": "third/site", "owner": {"login": "stranger"}}},
        ):
            self.show(self.told(event, outcome, **other))
        self.assertEqual(self.comments(), [])
        ours = self.told(event, outcome, head_repository={"full_name": UPSTREAM, "owner": {"login": "guide"}})
        self.run_recipe("fork-comment.yml", "workflow_run", ours, "skipped")

    def test_without_a_plan_there_is_no_comment(self):
        event = self.push(("about-us.yaml", "    title: About us\n", "    titel: About us\n"))
        outcome = self.offline_plan(event, "failure")
        self.show(self.told(event, outcome))
        self.assertEqual(self.comments(), [])

    def test_an_earlier_comment_is_not_taken_for_the_latest_commit(self):
        event = self.push(TITLE)
        self.show(self.told(event, self.offline_plan(event)))
        self.world.github.requests.clear()
        event = self.push(("about-us.yaml", "    title: About us\n", "    titel: About us\n"))
        outcome = self.offline_plan(event, "failure")
        self.show(self.told(event, outcome))
        self.assertIn("There is no plan for the latest commit: failed.", self.comment())
        self.assertIn(f"/actions/runs/{outcome.run_id})", self.comment())

    def test_a_hostile_manifest_does_nothing(self):
        event = self.push((TITLE[0], TITLE[1], json.dumps(HOSTILE)))
        # The lint minds it; that does not keep it from being shown.
        self.show(self.told(event, self.offline_plan(event, "failure")))
        body = self.comment()
        self.assertIn("pwned", body)
        for harm in ("@ford **", "](https://evil", "</code></details> "):
            self.assertNotIn(harm, body)

    def test_a_huge_plan_fits_into_summary_and_comment(self):
        manifests = self.world.author / "pages" / "many"
        manifests.mkdir()

        def write(words):
            for number in range(1000):
                text = f"{words} {number}, and then more of it, for as long as it takes to fill a row. " * 4
                manifest = {"id": f"{number:024x}", "locales": {"en-US": {"seo": {"title": text, "description": text}}}}
                (manifests / f"{number}.yaml").write_text(json.dumps(manifest), encoding="utf-8")

        write("These are the words of page")
        self.world.commit("Describe many pages")
        runner.git(self.world.author, "push", "--quiet", "origin", "main")
        write("Quite other ones, of the page")
        event = self.push()
        outcome = self.offline_plan(event)
        self.assertGreater(len(outcome.summary), 500_000)
        self.show(self.told(event, outcome))
        self.assertIn(len(self.comment()), range(20_000, 65_536))

    def test_a_hostile_plan_is_refused_or_shown_as_text(self):
        event = self.push(TITLE)
        outcome = self.offline_plan(event)
        plan = self.world.artifact(outcome.run_id, "slugline-fork-plan") / "plan.json"
        good = plan.read_text(encoding="utf-8")
        hostile = [
            "",
            "[]",
            "@everyone",
            good.replace("those who write", "nobody who writes"),
            re.sub(r'("format_version": )"[^"]+"', r'\1"9.0"', good),
        ]
        for text in [*hostile, good[: len(good) // 2]]:
            plan.write_text(text, encoding="utf-8")
            self.show(self.told(event, outcome), "failure")
        self.assertEqual(self.comments(), [])
        plan.write_text(good, encoding="utf-8")
        self.show(self.told(event, outcome))
        self.assertIn("those who write", self.comment())
        plan.write_text("[]", encoding="utf-8")
        refused = self.show(self.told(event, outcome), "failure")
        self.assertIn("There is no plan for the latest commit: failed.", self.comment())
        self.assertIn(f"/actions/runs/{refused.run_id})", self.comment())


class ForkOfOneOfMany(Forking):
    folder, environment = "sites/main", "production"

    def test_the_comment_is_that_of_the_project(self):
        event = self.push(TITLE)
        self.show(self.told(event, self.offline_plan(event)))
        self.assertIn("\n<!-- directory=sites%2Fmain environment=production -->\n", self.comment())


@unittest.skipUnless(BUILDS, "takes minutes; SLUGLINE_BUILD=1 asks for it")
class Build(Scenario):
    program = False

    def test_the_program_is_built_where_there_is_none(self):
        self.world.patient = True
        names = ["CARGO_HOME", "CARGO_TARGET_DIR", "CARGO_BUILD_JOBS", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"]
        self.world.variables = {name: os.environ[name] for name in names if name in os.environ}
        home = os.path.expanduser("~")
        for name, folder in {"CARGO_HOME": ".cargo", "RUSTUP_HOME": ".rustup"}.items():
            self.world.variables.setdefault(name, os.path.join(home, folder))
        # Not optimized: it is to be built, and not to be fast.
        self.world.variables |= {
            "CARGO_PROFILE_RELEASE_OPT_LEVEL": "0",
            "CARGO_PROFILE_RELEASE_LTO": "off",
            "CARGO_PROFILE_RELEASE_CODEGEN_UNITS": "16",
        }
        event = self.world.push_branch("words", TITLE, repository=FORK)
        outcome = self.run_recipe("fork-plan.yml", "pull_request", event)
        self.assertIn(("Build it", "success"), outcome.ran)
        self.assertIn("those who write", outcome.summary)


def main():
    names = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    program = unittest.main(exit=False)
    failed = not program.result.wasSuccessful()
    if not names:
        never = {place: name for place, name in runner.run_steps().items() if place not in runner.executed}
        never = {
            place: name for place, name in never.items() if BUILDS or name not in ("Build it", "Put it on the path")
        }
        for (file, place), name in never.items():
            print(f"error: no scenario has run step {place} of {file}: {name}", file=sys.stderr)
        failed = failed or bool(never)
    sys.exit(failed)


if __name__ == "__main__":
    main()
