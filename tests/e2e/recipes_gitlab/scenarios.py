#!/usr/bin/env python3
"""Runs every job of the recipe for GitLab, against a small GitLab and a simulated Webflow, as people bring them about.

    pip install -r tests/e2e/requirements.txt       # also git, curl and jq
    cargo build
    python3 tests/e2e/recipes_gitlab/scenarios.py
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

# The tree stays as it is.
sys.dont_write_bytecode = True

import pipeline  # noqa: E402
from world import FOLDER, NOTES, PUSHES, RECIPE, WRITES, ZEROS, World  # noqa: E402

GUIDE, ABOUT = "guide-to-the-galaxy", "about-us"
MARKER = "<!-- slugline:plan v=1 digest="
# The jobs that any scenario has run, in any pipeline.
RAN = set()


class Scenario(unittest.TestCase):
    """One world each. Whatever happens in it, no secret is seen."""

    project = FOLDER

    def setUp(self):
        self.maxDiff = 4000
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.world = World(pathlib.Path(self.temporary.name), self.project)
        self.addCleanup(self.world.stop)
        self.base = self.world.git("rev-parse", "HEAD")

    def tearDown(self):
        RAN.update(self.world.runner.ran)
        self.assertEqual(self.world.leaks(), [])

    def ended(self, done, **expected):
        """Compares how the jobs ended; a number is an exit code."""
        told = {name: job.code if job.code is not None else job.status for name, job in done.items()}
        names = {name.replace("_", "-"): code for name, code in expected.items()}
        self.assertEqual(told, names, "\n".join(f"--- {name}\n{job.log}" for name, job in done.items()))


class MergeRequests(Scenario):
    def test_a_note_is_written_and_kept_up_to_date(self):
        world = self.world
        world.write(GUIDE, "en-US", "seo.title", "The Guide,  for everybody")
        first = world.commit(branch="words")
        world.mark()
        done = world.merge_request(first, self.base)
        self.ended(done, validate=0, plan=0, note=0)
        self.assertEqual(world.writes(), [])
        self.assertEqual(json.loads(done["plan"].reports["terraform"]), {"create": 0, "update": 1, "delete": 0})
        self.assertIn(b"<!DOCTYPE html>", done["plan"].artifacts["slugline-plan/report.html"])
        plan = json.loads(done["plan"].text("slugline-plan/plan.json"))
        self.assertEqual((plan["source"]["commit"], plan["source"]["base"]), (first, self.base))
        self.assertFalse(plan["source"]["dirty"])
        quality = json.loads(done["validate"].reports["codequality"])
        places = {(found["location"]["path"], found["location"]["lines"]["begin"]) for found in quality}
        # Of what it touches, and of its translations, which now say something else.
        self.assertEqual({path for path, _ in places}, {f"{FOLDER}/pages/{GUIDE}.yaml"})
        self.assertIn((f"{FOLDER}/pages/{GUIDE}.yaml", 8), places)
        (note,) = world.forge.notes
        self.assertTrue(note["body"].startswith(MARKER), note["body"])
        self.assertIn("for everybody", note["body"])

        world.write(GUIDE, "en-US", "seo.title", "The Guide for all")
        second = world.commit(branch="words")
        self.ended(world.merge_request(second, self.base), validate=0, plan=0, note=0)
        (note,) = world.forge.notes
        self.assertIn("for all", note["body"])
        self.assertEqual(note["changes"], 1)

        asked = len(world.forge.writes())
        self.ended(world.merge_request(second, self.base), validate=0, plan=0, note=0)
        self.assertEqual(len(world.forge.writes()), asked)

    def test_notes_of_others_are_left_alone(self):
        world = self.world
        for number in range(130):
            world.forge.add_note("stranger", f"{MARKER}sha256:{number} -->\n### slugline" if number % 2 else "Looks good")
        world.forge.add_note("seo-bot", f"A note of ours that only tells of {MARKER}sha256:0 -->")
        others = [note["body"] for note in world.forge.notes]
        for text in ("First words", "Second words"):
            world.write(GUIDE, "en-US", "seo.title", text)
            self.ended(world.merge_request(world.commit(branch="words"), self.base), validate=0, plan=0, note=0)
        *before, ours = world.forge.notes
        self.assertEqual([note["body"] for note in before], others)
        self.assertEqual([note["changes"] for note in before], [0] * 131)
        self.assertEqual((ours["author"]["username"], ours["changes"]), ("seo-bot", 1))
        self.assertIn("Second words", ours["body"])

    def test_a_text_of_the_site_can_do_nothing(self):
        world = self.world
        hostile = (
            "\n/approve\n/merge\n@all ~bug !1 #2 $3 [x](https://evil.example) ![x](https://evil.example/x.png) "
            f"</code></details><img src=x onerror=alert(1)> {MARKER}sha256:0 --> --> \x1b[31m\r\x1b[0Ksection_start:1:x\r\n"
            "$(touch pwned) `touch pwned` '\"; touch pwned; $WEBFLOW_TOKEN ${SLUGLINE_NOTES_TOKEN}\n```\n:::\n::error::x"
        )
        world.edit(GUIDE, {"seo": {"title": hostile}})
        world.write(ABOUT, "en-US", "seo.description", f"words {hostile}")
        world.write(GUIDE, "en-US", "seo.title", "Harmless")
        done = world.merge_request(world.commit(branch="words"), self.base)
        # The lint takes some of it for mistakes, and a plan with errors is shown all the same.
        self.ended(done, validate=3, plan=3, note=0)
        self.assertIn("slugline-plan/report.html", done["plan"].artifacts)
        (note,) = world.forge.notes
        lines = note["body"].splitlines()
        self.assertEqual([line for line in lines if line.lstrip().startswith(("/", "::"))], [])
        self.assertEqual(note["body"].count(MARKER), 1)
        for job in done.values():
            self.assertNotRegex(job.log, r"[\x1b\r]")
            self.assertNotRegex(job.log, r"(?m)^\s*(::|section_)")
            self.assertFalse(any("pwned" in path for path in job.artifacts))

    def test_a_conflict_fails_and_is_shown(self):
        world = self.world
        world.edit(GUIDE, {"seo": {"title": "Changed in the Designer"}})
        world.write(GUIDE, "en-US", "seo.title", "Changed in git")
        done = world.merge_request(world.commit(branch="words"), self.base)
        self.ended(done, validate=0, plan=4, note=0)
        (note,) = world.forge.notes
        self.assertIn("#### Conflicts", note["body"])
        self.assertIn("slugline-plan/report.html", done["plan"].artifacts)
        self.assertIn("slugline-plan/plan.json", done["plan"].artifacts)

    def test_an_error_of_the_lint_fails_and_is_shown(self):
        world = self.world
        project = world.work / FOLDER / "slugline.yaml"
        rules = "lint: {rules: {seo-title/too-wide: error}}\n"
        project.write_text(project.read_text(encoding="utf-8") + rules, encoding="utf-8")
        world.write(GUIDE, "en-US", "seo.title", "Far too many words for a title " * 5)
        for fork, job in ((False, "plan"), (True, "plan-of-fork")):
            commit = world.commit(branch="words", remote="fork" if fork else "origin")
            done = world.merge_request(commit, self.base, fork=fork)
            self.assertEqual((done["validate"].code, done[job].code), (3, 3), done[job].log)
            self.assertIn("Far too many words", done[job].text("slugline-plan/report.html"))
            self.assertEqual(json.loads(done[job].reports["terraform"])["update"], 1)
        (note,) = world.forge.notes
        self.assertIn("seo-title/too-wide", note["body"])

    def test_where_there_is_no_plan_the_note_does_not_tell_an_old_one(self):
        world = self.world
        world.write(GUIDE, "en-US", "seo.title", "New words")
        world.merge_request(world.commit(branch="words"), self.base)
        whole = world.manifest(GUIDE).read_text(encoding="utf-8")
        world.manifest(GUIDE).write_text(whole.replace("seo:", "Seo:", 1), encoding="utf-8")
        broken = world.commit(branch="words")
        done = world.merge_request(broken, self.base)
        self.ended(done, validate=3, plan=3, note=0)
        self.assertNotEqual(json.loads(done["validate"].reports["codequality"]), [])
        (note,) = world.forge.notes
        self.assertIn(f"There is no plan of {broken}.", note["body"])
        world.manifest(GUIDE).write_text(whole, encoding="utf-8")
        self.ended(world.merge_request(world.commit(branch="words"), self.base), validate=0, plan=0, note=0)
        (note,) = world.forge.notes
        self.assertIn("New words", note["body"])

    def test_whatever_an_environment_is_called_there_is_one_note_of_it(self):
        world = self.world
        name = "live ---- ~ größe"
        project = world.work / FOLDER / "slugline.yaml"
        site = world.site["site"]["id"]
        text = project.read_text(encoding="utf-8").replace(f"site: {site}", f"environments: {{'{name}': {{site: {site}}}}}")
        project.write_text(text, encoding="utf-8")
        base = world.commit()
        world.settings.append(("SLUGLINE_ENV", name, False))
        world.write(GUIDE, "en-US", "seo.title", "New words")
        self.ended(world.merge_request(world.commit(branch="words"), base), validate=0, plan=0, note=0)
        world.write(GUIDE, "en-US", "Seo", "No such field")
        broken = world.commit(branch="words")
        self.ended(world.merge_request(broken, base), validate=3, plan=3, note=0)
        (note,) = world.forge.notes
        self.assertIn(f"There is no plan of {broken}.", note["body"])

    def test_the_base_lies_further_back_than_the_clone(self):
        world = self.world
        world.write(GUIDE, "en-US", "seo.title", "New words")
        for number in range(4):
            commit = world.commit(f"Step {number}", branch="words")
        # Somebody else's merge, which the branch does not take back.
        world.git("checkout", "--quiet", "-B", "main", self.base)
        world.write(ABOUT, "en-US", "seo.title", "Words of somebody else")
        world.commit("Somebody else's")
        world.edit(ABOUT, {"seo": {"title": "Words of somebody else"}})
        world.settings.append(("GIT_DEPTH", "1", False))
        done = world.merge_request(commit, self.base)
        self.ended(done, validate=0, plan=0, note=0)
        changes = json.loads(done["plan"].text("slugline-plan/plan.json"))["changes"]
        told = {(change["field"], change["class"]) for change in changes}
        self.assertEqual(told, {("seo.title", "change"), ("seo.title", "drift")})

    def test_a_pipeline_for_merged_results_goes_by_the_branch_that_it_is_merged_with(self):
        world = self.world
        world.write(GUIDE, "en-US", "seo.title", "New words")
        words = world.commit(branch="words")
        world.git("checkout", "--quiet", "-B", "main", self.base)
        world.write(ABOUT, "en-US", "seo.title", "Words that are merged and not applied yet")
        target = world.commit("Somebody else's")
        world.git("merge", "--quiet", "--no-edit", words)
        merged = world.commit("Merged", branch="merged")
        done = world.merge_request(merged, self.base, CI_MERGE_REQUEST_TARGET_BRANCH_SHA=target,
                                   CI_MERGE_REQUEST_EVENT_TYPE="merged_result")  # fmt: skip
        self.ended(done, validate=0, plan=0, note=0)
        plan = json.loads(done["plan"].text("slugline-plan/plan.json"))
        self.assertEqual(plan["source"]["base"], target)
        self.assertEqual(len(plan["operations"]), 1)

    def test_a_fork_gets_no_token_and_a_plan(self):
        world = self.world
        world.write(GUIDE, "en-US", "seo.title", "Words of a stranger")
        commit = world.commit(branch="words", remote="fork")
        world.mark()
        done = world.merge_request(commit, self.base, fork=True)
        self.ended(done, validate=0, plan_of_fork=0)
        self.assertEqual((world.asked(), world.forge.requests), ([], []))
        self.assertIn("Words of a stranger", done["plan-of-fork"].text("slugline-plan/report.html"))
        self.assertEqual(json.loads(done["plan-of-fork"].reports["terraform"])["update"], 1)
        # The fork's own registry is empty.
        self.assertEqual({job.image for job in done.values()}, {"registry.example.com/group/project/slugline:latest"})

    def test_without_a_token_for_notes_there_is_none(self):
        world = self.world
        world.settings = [setting for setting in world.settings if setting[1] != NOTES]
        self.ended(world.merge_request(self.base, self.base), validate=0, plan=0)

    def test_a_note_that_cannot_be_written_fails_alone(self):
        world = self.world
        world.forge.tokens.pop(NOTES)
        world.write(GUIDE, "en-US", "seo.title", "New words")
        done = world.merge_request(world.commit(branch="words"), self.base)
        self.ended(done, validate=0, plan=0, note=22)
        self.assertTrue(pipeline.Pipeline(RECIPE.read_text()).jobs["note"]["allow_failure"])


class Merges(Scenario):
    def test_exactly_what_changed_is_written_and_only_once(self):
        world = self.world
        world.edit("restaurant", {"seo": {"title": "Changed in the Designer"}})
        world.write(GUIDE, "en-US", "seo.title", "New words")
        world.write(ABOUT, "en-US", "seo.title", "More new words")
        merged = world.commit()
        expected = sorted(f"PUT /v2/pages/{world.page(name)}" for name in (GUIDE, ABOUT))
        world.mark()
        done = world.push(merged, self.base)
        self.ended(done, validate=0, apply=0)
        self.assertEqual(sorted(asked.partition("?")[0] for asked in world.writes()), expected)
        self.assertEqual(world.reads("restaurant")["seo"]["title"], "Changed in the Designer")
        self.assertEqual(world.reads(GUIDE)["seo"]["title"], "New words")
        runs = {path.split("/")[:3] == [FOLDER, ".slugline", "runs"] for path in done["apply"].artifacts}
        self.assertEqual(runs, {True})
        # A report to compare merge requests with, and nothing in it.
        self.assertEqual(json.loads(done["validate"].reports["codequality"]), [])
        world.mark()
        self.ended(world.push(merged, self.base), validate=0, apply=0)
        self.assertEqual(world.writes(), [])

    def test_the_token_that_writes_is_for_protected_branches_alone(self):
        world = self.world
        world.write(GUIDE, "en-US", "seo.title", "New words")
        world.mark()
        done = world.push(world.commit(), self.base, CI_COMMIT_REF_PROTECTED="false")
        self.ended(done, validate=0, apply=5)
        self.assertEqual(world.writes(), [])

    def test_a_guard_stops_everything(self):
        world = self.world
        world.write(GUIDE, "en-US", "slug", "another-address")
        world.write(ABOUT, "en-US", "seo.title", "New words")
        world.mark()
        done = world.push(world.commit(), self.base)
        self.ended(done, validate=0, apply=4)
        self.assertIn("--allow slug-change", done["apply"].log)
        self.assertEqual(world.writes(), [])

    def test_a_merge_is_not_applied_over_what_was_changed_on_the_site(self):
        world = self.world
        world.edit(GUIDE, {"seo": {"title": "Changed in the Designer"}})
        world.write(GUIDE, "en-US", "seo.title", "Changed in git")
        world.mark()
        self.ended(world.push(world.commit(), self.base), validate=0, apply=4)
        self.assertEqual(world.writes(), [])

    def test_the_first_push_is_only_planned(self):
        world = self.world
        world.write(GUIDE, "en-US", "seo.title", "New words")
        world.mark()
        done = world.push(world.commit(), ZEROS)
        self.ended(done, validate=0, apply=0)
        self.assertIn("New words".split()[0], done["apply"].log)
        self.assertEqual(world.writes(), [])

    def test_a_push_of_many_commits_goes_back_to_the_one_before(self):
        world = self.world
        world.write(GUIDE, "en-US", "seo.title", "New words")
        for number in range(4):
            merged = world.commit(f"Step {number}")
        world.settings.append(("GIT_DEPTH", "1", False))
        self.ended(world.push(merged, self.base), validate=0, apply=0)
        self.assertEqual(world.reads(GUIDE)["seo"]["title"], "New words")

    def cancelled(self):
        """Returns the commit, and how the apply ended that was cancelled as soon as one of its eight writes was done."""
        world = self.world
        for name in (GUIDE, ABOUT, "restaurant", "index"):
            world.write(name, "en-US", "seo.title", f"New words of {name}")
            world.write(name, "fr-FR", "seo.title", f"De nouveaux mots de {name}")
        merged = world.commit()
        world.mark()
        # Long enough to be seen, and shorter than what a write that is under way gets to be finished.
        slow = {"match": {"method": "PUT"}, "after": 1, "times": 9, "do": "delay:3000"}
        world.call("/_sandbox/faults", [slow])
        done = world.push(merged, self.base, cancel=("apply", lambda: len(world.writes()) > 0))
        world.call("/_sandbox/faults", [])
        self.ended(done, validate=0, apply=143)
        written = len(world.writes())
        self.assertTrue(0 < written < 8, written)
        return merged, done["apply"]

    def test_a_job_that_was_cancelled_is_finished_from_its_artifacts(self):
        world = self.world
        _, done = self.cancelled()
        clone = world.folder / "elsewhere"
        world.git("clone", "--quiet", str(world.bare), str(clone))
        for path, held in done.artifacts.items():
            (clone / path).parent.mkdir(parents=True, exist_ok=True)
            (clone / path).write_bytes(held)
        resumed = world.slugline(clone / FOLDER, WRITES, "apply", "--resume", "--yes")
        self.assertEqual(resumed.returncode, 0, resumed.stdout + resumed.stderr)
        self.assertEqual((len(world.writes()), len(set(world.writes()))), (8, 8))
        self.assertEqual(world.reads("index")["seo"]["title"], "New words of index")

    def test_a_job_that_was_cancelled_can_be_retried(self):
        world = self.world
        merged, _ = self.cancelled()
        self.ended(world.push(merged, self.base), validate=0, apply=0)
        self.assertEqual((len(world.writes()), len(set(world.writes()))), (8, 8))

    def test_what_a_later_push_has_taken_back_is_not_written_again(self):
        world = self.world
        merged, _ = self.cancelled()
        world.git("revert", "--no-edit", merged)
        reverted = world.commit("Take it back")
        self.ended(world.push(reverted, merged), validate=0, apply=0)
        before = {name: world.reads(name) for name in (GUIDE, ABOUT, "restaurant", "index")}
        for name, page in before.items():
            self.assertNotIn("New words", page["seo"]["title"] or "", name)
        world.mark()
        done = world.push(merged, self.base)
        self.ended(done, validate=0, apply=0)
        self.assertIn(f"from {self.base} to {reverted}", done["apply"].log)
        self.assertEqual(world.writes(), [])

    def test_jobs_in_the_wrong_order_write_the_same(self):
        world = self.world
        world.write(GUIDE, "en-US", "seo.title", "New words")
        first = world.commit()
        world.write(ABOUT, "en-US", "seo.title", "Words of the second push")
        second = world.commit()
        world.settings.append(("GIT_DEPTH", "1", False))
        self.ended(world.push(second, first), validate=0, apply=0)
        self.ended(world.push(first, self.base), validate=0, apply=0)
        self.assertEqual(world.reads(GUIDE)["seo"]["title"], "New words")
        self.assertEqual(world.reads(ABOUT)["seo"]["title"], "Words of the second push")

    def test_a_late_job_writes_what_the_branch_says_by_now(self):
        world = self.world
        world.write(GUIDE, "en-US", "seo.title", "New words")
        first = world.commit()
        world.write(GUIDE, "en-US", "seo.title", "Newer words")
        second = world.commit()
        world.mark()
        self.ended(world.push(first, self.base), validate=0, apply=0)
        self.assertEqual(world.reads(GUIDE)["seo"]["title"], "Newer words")
        self.ended(world.push(second, first), validate=0, apply=0)
        self.assertEqual(len(world.writes()), 1)


class Schedules(Scenario):
    def test_drift_is_told(self):
        world = self.world
        world.settings = [setting for setting in world.settings if setting[1] != PUSHES]
        self.ended(world.schedule(self.base), validate=0, drift=0)
        world.edit(GUIDE, {"seo": {"title": "Changed in the Designer"}})
        world.mark()
        done = world.schedule(self.base)
        self.ended(done, validate=0, drift=2)
        self.assertEqual(world.writes(), [])
        self.assertIn("Changed in the Designer", done["drift"].text("slugline-plan/report.html"))

    def test_what_was_changed_on_the_site_is_proposed_once(self):
        world = self.world
        world.mark()
        self.ended(world.schedule(self.base), validate=0, drift=0, pull=0)
        self.assertEqual(world.forge.pushes, [])
        # Of a time when the project had other pipelines.
        world.forge.record_pipeline("main", "push", ZEROS, {"build": "failed"})
        world.edit(GUIDE, {"seo": {"title": "Changed in the Designer"}})
        for _ in range(2):
            self.ended(world.schedule(self.base), validate=0, drift=2, pull=0)
            (options,) = world.forge.pushes
        self.assertIn("merge_request.create", options)
        self.assertIn("merge_request.target=main", options)
        (description,) = [option for option in options if option.startswith("merge_request.description=")]
        self.assertRegex(description, r"=The site .* pushes was applied: .* never applied, [\w ]+\.$")
        world.git("fetch", "--quiet", "origin", "slugline/pull-")
        self.assertIn("Changed in the Designer", world.git("show", f"FETCH_HEAD:{FOLDER}/pages/{GUIDE}.yaml"))
        changed = world.git("diff", "--name-only", self.base, "FETCH_HEAD")
        self.assertEqual(changed, f"{FOLDER}/pages/{GUIDE}.yaml")
        # The next day there is more.
        world.edit(ABOUT, {"seo": {"title": "Changed as well"}})
        self.ended(world.schedule(self.base), validate=0, drift=2, pull=0)
        self.assertEqual(len(world.forge.pushes), 2)
        world.git("fetch", "--quiet", "origin", "slugline/pull-")
        self.assertEqual(world.git("rev-list", "--count", f"{self.base}..FETCH_HEAD"), "1")
        # Somebody works on it.
        world.git("checkout", "--quiet", "FETCH_HEAD")
        world.write(ABOUT, "en-US", "seo.description", "Words of a colleague")
        colleague = world.commit(branch="slugline/pull-")
        self.ended(world.schedule(self.base), validate=0, drift=2, pull=1)
        self.assertEqual(world.git("ls-remote", "origin", "slugline/pull-").split()[0], colleague)

    def test_what_was_not_applied_is_not_taken_back(self):
        world = self.world
        world.write(GUIDE, "en-US", "slug", "another-address")
        world.write(GUIDE, "en-US", "seo.title", "Words that are merged")
        stopped = world.commit()
        self.ended(world.push(stopped, self.base), validate=0, apply=4)
        # The push after it is well, and leaves what it knows nothing of.
        world.write(ABOUT, "en-US", "seo.title", "Words of the second push")
        second = world.commit()
        self.ended(world.push(second, stopped), validate=0, apply=0)
        world.edit("index", {"seo": {"title": "Changed in the Designer"}})
        done = world.schedule(second)
        self.ended(done, validate=0, drift=2, pull=0)
        self.assertIn("or a merge was not applied", done["drift"].log)
        self.assertIn("A push has not been applied", done["pull"].log)
        self.assertIn("/-/pipelines/500", done["pull"].log)
        self.assertEqual(world.forge.pushes, [])
        # Somebody applies it by hand, and retries the job.
        by_hand = world.slugline(
            world.work / FOLDER, WRITES, "apply", "--yes", "--base", self.base, "--allow", "slug-change"
        )
        self.assertEqual(by_hand.returncode, 0, by_hand.stderr)
        self.ended(world.push(stopped, self.base), validate=0, apply=0)
        self.ended(world.schedule(second), validate=0, drift=2, pull=0)
        self.assertEqual(len(world.forge.pushes), 1)
        world.git("fetch", "--quiet", "origin", "slugline/pull-")
        changed = world.git("diff", "--name-only", second, "FETCH_HEAD")
        self.assertEqual(changed, f"{FOLDER}/pages/index.yaml")

    def test_a_push_that_a_later_one_has_mended_is_applied_when_it_is_retried(self):
        world = self.world
        world.write(GUIDE, "en-US", "seo.title", "New words")
        world.write(ABOUT, "en-US", "Seo", "No such field")
        broken = world.commit()
        self.ended(world.push(broken, self.base), validate=3, apply=3)
        manifest = world.manifest(ABOUT)
        manifest.write_text(world.git("show", f"{self.base}:{FOLDER}/pages/{ABOUT}.yaml") + "\n", encoding="utf-8")
        mended = world.commit()
        self.ended(world.push(mended, self.base), validate=0, apply=0)
        self.assertEqual(world.reads(GUIDE)["seo"]["title"], "New words")
        self.ended(world.push(broken, self.base), validate=3, apply=0)
        self.ended(world.schedule(mended), validate=0, drift=0, pull=0)

    def test_without_an_answer_of_gitlab_nothing_is_proposed(self):
        world = self.world
        world.edit(GUIDE, {"seo": {"title": "Changed in the Designer"}})
        world.forge.tokens.pop(PUSHES)
        self.ended(world.schedule(self.base), validate=0, drift=2, pull=22)
        self.assertEqual(world.forge.pushes, [])


class AtTheTop(Scenario):
    """The recipe as it is given to people, for a repository of nothing but a site's texts."""

    project = "."

    def test_from_the_merge_request_to_the_site(self):
        world = self.world
        world.write(GUIDE, "en-US", "seo.title", "New words")
        commit = world.commit(branch="words")
        done = world.merge_request(commit, self.base)
        self.ended(done, validate=0, plan=0, note=0)
        # What the jobs put there is no part of the tree.
        self.assertFalse(json.loads(done["plan"].text("slugline-plan/plan.json"))["source"]["dirty"])
        world.git("push", "--quiet", "origin", f"{commit}:refs/heads/main")
        done = world.push(commit, self.base)
        self.ended(done, validate=0, apply=0)
        self.assertEqual({path.split("/")[0] for path in done["apply"].artifacts}, {".slugline"})
        self.assertEqual(world.reads(GUIDE)["seo"]["title"], "New words")
        self.ended(world.schedule(commit), validate=0, drift=0, pull=0)
        self.assertEqual(world.forge.pushes, [])


class Reader(unittest.TestCase):
    """What decides which jobs there are is worth nothing unless it decides as GitLab does."""

    def test_conditions(self):
        given = {"A": "push", "B": "push", "EMPTY": "", "PATTERN": "/^pu/"}
        cases = {
            '$A == "push"': True, "$A == 'pull'": False, "$A == $B": True, "$A != $B": False, "$A": True, "$EMPTY": False,
            "$NONE": False, "$NONE == null": True, "$EMPTY == null": False, '$NONE == ""': False, "$A =~ /^(push|x)$/": True,
            "$A !~ /us/": False, "$A =~ /PUSH/": False, "$A =~ /PUSH/i": True, "$NONE =~ /x/": False, "$A =~ $PATTERN": True,
            "$NONE || $A && $EMPTY": False, "($NONE || $A) && $B": True, "$A || $NONE && $EMPTY": True, "${A} == 'push'": True,
        }  # fmt: skip
        for condition, expected in cases.items():
            self.assertEqual(pipeline.holds(condition, given), expected, condition)

    def test_what_it_does_not_know_is_an_error(self):
        for condition in ("$A ==", "$A == push", "$A && ", "($A", "$A $B", "$A =~ $A", "$A =~ /x/m", "/x/", "$A > 1"):
            with self.assertRaises(pipeline.Unknown, msg=condition):
                pipeline.holds(condition, {"A": "push"})
        job = "a: {stage: test, script: [x], rules: [{if: $A}]}"
        pipeline.Pipeline(job)
        for text in (
            "include: other.yml\n" + job, job.replace("if: $A", "changes: [x]"), job.replace("script: [x], ", ""),
            job.replace("rules: [{if: $A}]", "tags: [x]"), job.replace("stage: test", "stage: nowhere"),
            job.replace("[x]", "[!reference [b, script]]"), job.replace("stage", "extends: b, stage"),
            job + "\n" + job, job.replace("rules", "only: [main], rules"),
        ):  # fmt: skip
            with self.assertRaises(pipeline.Unknown, msg=text):
                pipeline.Pipeline(text)

    def test_what_is_taken_over(self):
        text = """
            variables: {ONE: "1"}
            default: {image: own, before_script: [first]}
            .a: {stage: test, variables: {TWO: "2"}, script: [a, b], rules: [{if: $ONE == "1"}]}
            .b: {variables: {THREE: "3"}, artifacts: {paths: [x], when: always}}
            c: {extends: [.a, .b], artifacts: {paths: [y]}, script: [!reference [.a, script], c]}
            d: {extends: .a, before_script: [], needs: [c], rules: [{if: $ONE == "2"}, {when: never}]}
        """
        read = pipeline.Pipeline(text)
        job = read.jobs["c"]
        self.assertEqual(job["script"], ["a", "b", "c"])
        self.assertEqual(job["variables"], {"TWO": "2", "THREE": "3"})
        self.assertEqual(job["artifacts"], {"paths": ["y"], "when": "always"})
        self.assertEqual((job["before_script"], read.jobs["d"]["before_script"]), (["first"], []))
        self.assertEqual([name for name, _, _ in read.chosen({})], ["c"])
        self.assertEqual([name for name, _, _ in read.chosen({"ONE": "2"})], ["d"])


class KeptFolders(unittest.TestCase):
    """A runner may keep the clone of a job for the next one."""

    def test_what_is_excluded_is_excluded_once(self):
        job = pipeline.Pipeline(RECIPE.read_text(encoding="utf-8")).jobs["plan"]
        with tempfile.TemporaryDirectory() as temporary:
            folder = pathlib.Path(temporary)
            subprocess.run(["git", "init", "--quiet", "--template=", temporary], check=True, timeout=60)
            environment = os.environ | {"OUTPUT": f"{temporary}/slugline-plan", "SLUGLINE_FOLDER": "."}
            for _ in range(2):
                script = "\n".join(["set -eo pipefail", *job["before_script"]])
                subprocess.run(["bash", "-c", script], cwd=folder, env=environment, check=True, timeout=60)
            self.assertEqual((folder / ".git/info/exclude").read_text(), "/slugline-plan/\n")


class EveryJob(unittest.TestCase):
    """The last one: there is no job that no scenario has run."""

    def test_every_job_was_run(self):
        self.assertEqual(RAN, set(pipeline.Pipeline(RECIPE.read_text(encoding="utf-8")).jobs))


CASES = [Reader, KeptFolders, MergeRequests, Merges, Schedules, AtTheTop]


def all_of_them():
    load = unittest.defaultTestLoader.loadTestsFromTestCase
    return unittest.TestSuite(load(case) for case in (*CASES, EveryJob))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        unittest.main()
    result = unittest.TextTestRunner(verbosity=2).run(all_of_them())
    sys.exit(0 if result.wasSuccessful() else 1)
