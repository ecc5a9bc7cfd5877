# SPDX-License-Identifier: BSD-2-Clause
"""What CI's files and docs/ci.md call is there: the harness's verbs and options, make's targets, inputs."""

import json
import os
import re
import shlex
import shutil
import subprocess
import textwrap
from pathlib import Path

import pytest

from harness.command_line import make_parser
from harness.judging.result import Verdict
from harness.site.site import SITE
from harness.system.places import ROOT
from harness.tests.report.kept import keep, verdict

FILES = [
    ".github/workflows/ci.yml",
    ".github/workflows/trapline.yml",
    ".gitlab-ci.yml",
    "Containerfile",
    "docs/ci.md",
    ".github/workflows/pages.yml",
    "action.yml",
    "templates/trapline.yml",
]
WORKFLOW = (ROOT / ".github/workflows/trapline.yml").read_text(encoding="utf-8")

# What follows a launcher up to the end of the command; a verb always comes first.
CALL = re.compile(r"(?:run\.sh|run\.cmd|-m harness) ((?:run|lab|report|judge|site)\b(?:\\\n|[^\n|&;`<>#])*)")


def calls(name: str) -> list[list[str]]:
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    return [shlex.split(found, posix=True) for found in CALL.findall(text)]


def test_the_calls_are_found():
    assert [len(calls(name)) >= least for name, least in zip(FILES, (0, 7, 7, 0, 1, 1, 2, 2))] == [True] * len(FILES)


@pytest.mark.parametrize("name", FILES)
def test_the_harness_takes_what_it_is_given(name):
    for words in calls(name):
        make_parser().parse_args(words)


@pytest.mark.parametrize("name", FILES)
def test_the_targets_of_make_are_there(name):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    text = (ROOT / name).read_text(encoding="utf-8")
    for found in re.findall(r"(?<![\w-])make ((?:[a-z-]+ ?)+)(?=&&|$|`|\n| [A-Z]+=)", text, re.MULTILINE):
        for target in found.split():
            assert f"\n{target}:" in makefile, target


@pytest.mark.parametrize("name", FILES)
def test_what_is_asked_of_deps_is_there(name):
    deps = (ROOT / "harness" / "deps.sh").read_text(encoding="utf-8")
    for verb in re.findall(r"deps\.sh ([a-z-]+)", (ROOT / name).read_text(encoding="utf-8")):
        assert f"\n{verb}) install " in deps


def test_the_lines_for_other_projects_give_inputs_that_there_are():
    text = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    block = re.search(r"```yaml\n(.*?)```", text, re.DOTALL).group(1)
    given = re.findall(r"^      (\w+):", block, re.MULTILINE)
    inputs = re.findall(r"^      (\w+):\n        description:", WORKFLOW, re.MULTILINE)
    assert given and set(given) <= set(inputs)
    assert set(re.findall(r"inputs\.(\w+)", WORKFLOW)) == set(inputs)


@pytest.mark.parametrize(
    "name, form",
    [("action.yml", r"\$\{\{ inputs\.(\w+) \}\}"), ("templates/trapline.yml", r"\$\[\[ inputs\.(\w+) \]\]")],
)
def test_each_input_is_used_and_the_page_gives_such_as_there_are(name, form):
    text = (ROOT / name).read_text(encoding="utf-8")
    begun = re.search(r"^( *)inputs:\n((?:\1  .*\n)+)", text, re.MULTILINE)
    inputs = re.findall(rf"^{begun.group(1)}  (\w+):$", begun.group(2), re.MULTILINE)
    assert inputs and set(re.findall(form, text)) == set(inputs)
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    where = "OWNER/trapline@" if name == "action.yml" else "OWNER/trapline/trapline@"
    block = next(block for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if where in block)
    given = re.search(r"^ +(?:with|inputs):\n((?: +\w+: .*\n)+)", block, re.MULTILINE).group(1)
    assert set(re.findall(r"^ +(\w+):", given, re.MULTILINE)) <= set(inputs)


def step(name: str, given: dict[str, str], private: dict[str, str], folder: Path) -> tuple[int, str, dict[str, str]]:
    """Runs one of the action's steps as a job does, on what its environment takes; its status, words and outputs."""
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    found = re.search(rf"    - id: {name}\n(?:      .*\n)+", text).group()
    assert set(re.findall(r"^        ([A-Z]+): ", found, re.MULTILINE)) == {*given, "PYTHONSAFEPATH"}
    output = folder / f"output-{name}"
    output.unlink(missing_ok=True)
    places = {"GITHUB_ACTION_PATH": ROOT, "RUNNER_TEMP": folder, "GITHUB_OUTPUT": output}
    places["GITHUB_STEP_SUMMARY"] = folder / "summary.md"
    environment = private | given | {key: str(path) for key, path in places.items()} | {"PYTHONSAFEPATH": "1"}
    script = ["sh", "-ec", textwrap.dedent(found.partition("run: |\n")[2])]
    done = subprocess.run(script, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
    said = dict(line.split("=", 1) for line in output.read_text().splitlines()) if output.exists() else {}
    return done.returncode, done.stdout + done.stderr, said


@pytest.mark.slow
def test_the_action_twice_in_one_job(private, tmp_path):
    """In a folder that has a package of the harness's name; what the first use has left is the second's baseline."""
    (tmp_path / "harness").mkdir()
    (tmp_path / "harness" / "__init__.py").write_text("raise SystemExit('not this one')")
    inputs = {"ACCEL": "tcg", "SUBJECT": "", "CASE": "int3@kernel64", "DEBUGGER": "detached", "BASELINE": ""}
    uses = []
    for case in ("int3@kernel64", "icebp@kernel64"):
        status, words, ran = step("run", inputs | {"CASE": case}, private, tmp_path)
        assert status == 0, words
        given = {"PLACE": ran["place"], "BASELINE": ""}
        status, words, reported = step("report", given, private, tmp_path)
        assert status == 0 and "::error" not in words, words
        uses.append(ran | reported)
    assert [list(json.loads(use["summary"])["platforms"]) for use in uses] == [["tcg"], ["tcg"]]
    for use, name in zip(uses, ("int3", "icebp")):
        assert [result["case"] for result in json.loads(Path(use["json"]).read_text())] == [name]
        verdicts = [json.loads(path.read_text()) for path in Path(use["runs"]).rglob("verdict.json")]
        assert [result["case"] for results in verdicts for result in results] == [name]
        assert Path(use["page"]).is_file()


@pytest.mark.parametrize("accepted, errors", [(False, 1), (True, 0)])
@pytest.mark.slow
def test_what_the_actions_baseline_has_is_no_error(private, tmp_path, accepted, errors):
    vm = keep(tmp_path / "run" / "tcg-detached", [verdict(ending=Verdict.HANG)])
    (tmp_path / "results.json").write_text(json.dumps([verdict(ending=Verdict.HANG, run=vm)]))
    (tmp_path / "accepted.json").write_text(json.dumps([verdict(ending=Verdict.HANG)]))
    given = {"PLACE": str(tmp_path), "BASELINE": "accepted.json" if accepted else ""}
    status, words, _ = step("report", given, private, tmp_path)
    assert status == 0 and words.count("::error") == errors, words


@pytest.mark.parametrize("name", [".github/workflows/ci.yml", ".gitlab-ci.yml"])
def test_both_commands_are_run_on_the_distributions_that_are_promised(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    images = re.search(r"(?:image|IMAGE): \[(.*)\]", text).group(1)
    assert images == "'debian:12', 'debian:13', 'debian:sid'"
    assert text.count("- make deps run\n") + text.count("- run: make deps run\n") == 1
    assert text.count("- make deps test\n") + text.count("- run: make deps test\n") == 1


def distros(*arguments: str, **variables: str) -> subprocess.CompletedProcess:
    command = [ROOT / ".ci" / "distros", *arguments]
    return subprocess.run(command, env=os.environ | variables, capture_output=True, text=True, timeout=60)


def test_without_debootstrap_no_distribution_is_tried_and_nothing_fails(tmp_path):
    done = distros(PATH=path_with(tmp_path, "bash", "dirname", "id"))
    assert (done.returncode, done.stdout) == (0, "distros: not tried: debootstrap is not on the PATH\n")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="needs root")
@pytest.mark.slow
def test_a_mirror_that_does_not_answer_fails_nothing(tmp_path):
    path = path_with(
        tmp_path, *"bash cat date dirname grep head id mkdir mktemp mountpoint readlink rm tail wc".split()
    )
    for name, text in (("debootstrap", "echo E: no route; exit 1"), ("timeout", 'shift 3; exec "$@"')):
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    done = distros("sid", PATH=path, KEEP=str(tmp_path / "kept"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no chroot of sid could be made, which says nothing of this project: E: no route\n" in done.stdout


def path_with(directory: Path, *programs: str) -> str:
    """A PATH with these programs alone."""
    for program in programs:
        (directory / program).symlink_to(shutil.which(program))
    return str(directory)


@pytest.mark.parametrize(
    "message, complaint",
    [
        ("Add a case\n\nNobody asked it.", ""),
        (f"Add {'a case, ' * 9}\n\nNobody asked it.", "its subject has more than 72 characters"),
        ("Add a case.\n\nNobody asked it.", "its subject ends with a full stop"),
        ("Add a case", "it has no body that says why"),
        ("Add a case\n\nAs /home/me/log showed.", "it names a path of somebody's machine"),
    ],
)
def test_the_form_of_a_commit(tmp_path, message, complaint):
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "commits", tmp_path / ".ci")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-C", str(tmp_path)]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", message], check=True)
    done = subprocess.run([tmp_path / ".ci" / "commits"], capture_output=True, text=True, check=False)
    assert done.returncode == bool(complaint) and done.stdout.count("\n") == bool(complaint), done.stdout + done.stderr
    assert complaint in done.stdout


def test_the_actions_are_pinned_alike():
    """One version of each, by its tag, in all workflows."""
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in FILES if name.startswith(".github")]
    used = set(re.findall(r"uses: (actions/[\w-]+)@(\S+)", "".join(texts)))
    assert len(used) == len({action for action, _ in used}) and all(re.fullmatch(r"v\d+", tag) for _, tag in used)


def test_the_site_is_published_as_it_is_made():
    text = (ROOT / ".github" / "workflows" / "pages.yml").read_text(encoding="utf-8")
    assert f"path: trapline/{SITE.relative_to(ROOT)}\n" in text


def test_every_job_leaves_its_runs_for_the_report():
    jobs = re.findall(r"^  (\w+):\n    (?:needs|runs-on)", WORKFLOW, re.MULTILINE)
    assert set(re.search(r"needs: \[(.*)\]", WORKFLOW).group(1).split(", ")) == set(jobs) - {"report"}
    assert WORKFLOW.count("name: runs-") == len(jobs) - 2


def test_no_job_uploads_runs_but_as_they_may_be_sent():
    """Everybody can read what a public project's jobs have left."""
    assert WORKFLOW.count("--public runs") == WORKFLOW.count("name: runs-") > 0
    for name, key in ((".github/workflows/trapline.yml", r"path: (.*)"), (".gitlab-ci.yml", r"paths: \[(.*)\]")):
        text = (ROOT / name).read_text(encoding="utf-8")
        kept = {path for paths in re.findall(rf"^ +{key}$", text, re.MULTILINE) for path in paths.split(", ")}
        assert "runs" in kept and not [path for path in kept if "build/runs" in path or path in ("build", "trapline")]
    after = re.findall(r"^  after_script:\n((?:    - .*\n)+)", (ROOT / ".gitlab-ci.yml").read_text(), re.MULTILINE)
    assert len(after) == 2 and all("report trapline" in lines and "--public" in lines for lines in after)
