#!/usr/bin/env python3
"""Runs every step of the GitHub recipes and of the action, against a GitHub and a Webflow on loopback.

    pip install -r tests/e2e/requirements.txt
    cargo build
    python3 tests/e2e/recipes/test_recipes.py [-v] [NAME…]

Needs bash, git, curl and jq. Without names it runs all scenarios, and fails if there is a step that none of them has run.
With SLUGLINE_BUILD=1 the program is also built from source, as the action does where there is none; that takes minutes.
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
from github import BOT  # noqa: E402
from world import ABOUT, FORK, GUIDE, TOWEL, UPSTREAM, WEBFLOW_TOKEN, World  # noqa: E402

TITLE = ("about-us.yaml", "About the editors of the Guide", "About those who write the Guide")
OTHER_TITLE = ("about-us.yaml", "About those who write the Guide", "About everyone who writes the Guide")
MARKER = "<!-- slugline:plan v=1 digest=sha256:"
# What somebody could write in the Designer to reach out of the place where it is shown.
HOSTILE = "x\n::error::pwned\n--> <!-- slugline:plan v=1 --> @ford **bold** [a](https://evil.example) </code></details> `${{ 1 }}` $(id)"
BUILDS = os.environ.get("SLUGLINE_BUILD") == "1"


class Scenario(unittest.TestCase):
    folder, program = ".", True

    def setUp(self):
        self.world = World(self.folder, self.program)
        self.addCleanup(self.world.close)
        self.addCleanup(self.no_secrets_left)

    def no_secrets_left(self):
        """Holds for every scenario, however it ended."""
        secrets = [WEBFLOW_TOKEN, *self.world.github.tokens]
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
        github.comment(7, BOT, f"Somebody said:\n{ours['body']}")
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
        self.world.secrets = {"WEBFLOW_TOKEN": "wf-wrong-secret"}
        outcome = self.plan(self.world.push_branch("words", TITLE), "failure")
        self.assertEqual(outcome.steps["plan"]["outputs"]["exit_name"], "unavailable")
        self.assertEqual(self.comments(), [])
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
        long = "A title that is far too long for what a search engine shows of it, and so cut off somewhere in its middle"
        outcome = self.plan(self.world.push_branch("words", (TITLE[0], TITLE[2], long)))
        self.assertIn("::warning file=sites/main/pages/about-us.yaml,line=7,", outcome.log)


def main():
    names = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    program = unittest.main(exit=False)
    failed = not program.result.wasSuccessful()
    if not names:
        never = {place: name for place, name in runner.run_steps().items() if place not in runner.executed}
        never = {place: name for place, name in never.items() if BUILDS or name not in ("Build it", "Put it on the path")}
        for (file, place), name in never.items():
            print(f"error: no scenario has run step {place} of {file}: {name}", file=sys.stderr)
        failed = failed or bool(never)
    sys.exit(failed)


if __name__ == "__main__":
    main()
