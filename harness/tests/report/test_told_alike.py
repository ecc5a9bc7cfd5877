# SPDX-License-Identifier: BSD-2-Clause
"""One real run, in which each verdict comes: every form of a report has each result once, and counts the same."""

import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from harness.bench.browser import browser
from harness.catalogue.image import read_images, select
from harness.catalogue.required import RequiredLogs
from harness.judging.result import Verdict
from harness.report.markdown import plain
from harness.system.places import CASES, ROOT
from harness.system.process import ROOT_VARIABLE, find_program
from harness.tests.command import harness
from harness.tests.guest_log import log_of

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("told")]  # of one run

# What becomes of each case on a hypervisor of one's own; of the two bugs with INT1, one is there, and one is gone.
COMES = {
    "int3": Verdict.PASS,
    "icebp": Verdict.KNOWN,
    "int_n": Verdict.DIFFERS,
    "tf_icebp": Verdict.FIXED,
    "tf_step": Verdict.CRASH,
    "tf_clear": Verdict.BACKEND,
    "dr6_sticky": Verdict.RESET,
    "ibreak_int3": Verdict.HANG,
    "tf_mov_ss": Verdict.CUT,
    "tf_pop_ss": Verdict.UNUSABLE,
}
# What the hypervisor does in a case that it does not come to the end of.
DOES = {
    Verdict.CRASH: "kill -SEGV $$",
    Verdict.BACKEND: "exit 3",
    Verdict.RESET: "exit 9",
    Verdict.HANG: "exec sleep 600",
    Verdict.CUT: "exit 0",
}
DEBUGGERS = ("detached", "attached")  # the second of which the hypervisor of one's own has not
COLUMNS = list(itertools.product(("mine", "tcg"), DEBUGGERS))

Verdicts = dict[tuple[str, str, str], str]  # by platform, debugger mode and case


def described(folder: Path) -> Path:
    """The hypervisor, a shell script: it plays what is in the file of its VM's number. The first VM is refused."""
    (image,) = select(read_images(), ",".join(COMES), "kernel32")
    required = RequiredLogs(CASES)
    blocks: dict[str, list[str]] = {}
    number = 2
    for case in image.cases:
        verdict = COMES[case.partition("@")[0]]
        if verdict is Verdict.UNUSABLE:
            continue
        lines = required.lines(case, "")
        if verdict is Verdict.KNOWN:
            lines = [line.replace("#DB cpu=0 rip=after", "#UD cpu=0 rip=icebp") for line in lines]
        blocks[case] = [*lines, "note more"] if verdict is Verdict.DIFFERS else lines
        if verdict in DOES:
            blocks[case] = []
            _write(folder / str(number), log_of(blocks)[:-2], DOES[verdict])
            blocks, number = {}, number + 1
    _write(folder / str(number), log_of(blocks) if blocks else [], "exit 0")
    boot = folder / "boot"
    boot.write_text(f"""#!/bin/sh\nfolder=${{1%/serial.log}}\n. '{folder}'/"${{folder##*-}}"\n""")
    boot.chmod(0o755)
    (folder / "mine.toml").write_text(
        "name = 'mine'\ncommand = ['./boot', '{serial}', '{image}']\nreset = [9]\n"
        "facts = { accel = 'tcg', qemu = '7.2' }\ncannot = { 'tf_pop_ss@*' = 'no POP SS here' }\n"
    )
    return folder / "mine.toml"


def _write(path: Path, lines: list[str], ending: str) -> None:
    path.write_text("\n".join(["cat >\"$1\" <<'LOG'", *lines, "LOG", ending, ""]))


class ToldRun:
    """What a run has said and left, and its report."""

    def __init__(self, private: dict[str, str], place: Path) -> None:
        asked = ["--accel=tcg", f"--platform={described(place)}", f"--debugger={','.join(DEBUGGERS)}"]
        asked += [f"--case={','.join(COMES)}", "--mode=kernel32"]
        forms = [f"--{form}={place}/{form}" for form in ("json", "tap", "summary")]
        ran = harness(private, "run", *asked, *forms, "--table=full")
        assert ran.returncode == 1, ran.stdout + ran.stderr
        self.asked, self.place, self.told = asked, place, ran.stdout
        folders = {ROOT / each["run"] for each in json.loads((place / "json").read_text())}
        (self.folder,) = {folder.parent for folder in folders}
        forms = [f"--{form}={place}/reported.{form}" for form in ("html", "markdown", "tap", "summary")]
        reported = harness(private, "report", str(self.folder), *forms)
        assert reported.returncode == 1, reported.stdout + reported.stderr
        self.reported = reported.stdout
        kept = (json.loads(path.read_text()) for path in self.folder.glob("*/verdict.json"))
        self.verdicts = by_place(itertools.chain(*kept))

    def counts(self, platform: str = "*", debugger: str = "*") -> dict[str, int]:
        """How many results have which verdict, in the order in which they are told."""
        found = Counter(
            verdict
            for (where, mode, _), verdict in self.verdicts.items()
            if platform in ("*", where) and debugger in ("*", mode)
        )
        return {verdict.value: found[verdict.value] for verdict in Verdict if found[verdict.value]}


def once(entries) -> Verdicts:
    """A table of pairs of which no two have the same key."""
    entries = list(entries)
    found = dict(entries)
    assert len(found) == len(entries)
    return found


def by_place(results) -> Verdicts:
    return once(
        ((each["platform"], each["debugger"], f"{each['case']}@{each['mode']}"), each["verdict"]) for each in results
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> ToldRun:
    environment = {key: value for key, value in os.environ.items() if key != ROOT_VARIABLE}
    with tempfile.TemporaryDirectory(prefix="t-", dir="/tmp") as directory:
        return ToldRun(environment | {"TMPDIR": directory}, tmp_path_factory.mktemp("told"))


def test_each_verdict_comes_and_is_kept(run):
    assert len(run.verdicts) == len(COMES) * len(COLUMNS)
    for name, verdict in COMES.items():
        case = f"{name}@kernel32"
        assert run.verdicts["mine", "detached", case] == verdict.value
        assert run.verdicts["mine", "attached", case] == "unusable"
    assert by_place(json.loads((run.place / "json").read_text())) == run.verdicts


@pytest.mark.parametrize("name", ["tap", "reported.tap"])
def test_tap(run, name):
    text = (run.place / name).read_text()
    points = re.findall(
        r'^(ok|not ok) \d+ - (\S+) on (\S+) (\S+?)(?: # TODO (known): .*)?(?:\n  ---\n  verdict: "(.*)")?$', text, re.M
    )
    assert f"\n1..{len(run.verdicts)}\n" in text
    found = once(((platform, mode, case), known or red or "pass") for _, case, platform, mode, known, red in points)
    assert found == run.verdicts
    assert [ok for ok, *_ in points].count("ok") == run.counts()["pass"]


@pytest.mark.parametrize("name", ["summary", "reported.summary"])
def test_the_summary_line(run, name):
    told = json.loads((run.place / name).read_text())
    assert (told["green"], told["results"]) == (False, len(run.verdicts))
    assert {name: its["verdicts"] for name, its in told["platforms"].items()} == {
        platform: run.counts(platform) for platform in ("mine", "tcg")
    }


@pytest.mark.parametrize("which", ["told", "reported"])
def test_the_terminal(run, which):
    text = getattr(run, which)
    for platform in ("mine", "tcg"):
        counts = run.counts(platform)
        red = sum(number for verdict, number in counts.items() if verdict not in ("pass", "known"))
        (start, words) = re.search(rf"^{platform}: (green|red: \d+ of \d+): (\d.*)$", text, re.M).groups()
        assert start == (f"red: {red} of {len(COMES) * len(DEBUGGERS)}" if red else "green")
        assert re.sub(r" by \d+ bugs?|, in [\d.]+ s", "", words) == said(counts)
    assert f"\nall platforms: {said(run.counts())}\n" in text


def said(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {verdict}" for verdict, number in counts.items())


def test_the_table(run):
    lines = [re.split("  +", line.rstrip()) for line in run.told.splitlines()]
    start = next(number for number, cells in enumerate(lines) if cells[0] == "case" or cells[1:2] == ["mine"])
    platforms, debuggers = ([cell for cell in cells if cell and cell != "case"] for cells in lines[start : start + 2])
    rows = lines[start + 2 : start + 2 + len(COMES)]
    found = once(
        ((platform, mode, case), verdict)
        for case, *cells in rows
        for platform, mode, verdict in zip(platforms, debuggers, cells, strict=True)
    )
    assert found == run.verdicts


def test_the_summary_in_markdown(run):
    text = (run.place / "reported.markdown").read_text()
    red = sum(verdict not in ("pass", "known") for verdict in run.verdicts.values())
    assert text.startswith(f"## Trapline: {red} of {len(run.verdicts)} results are not green\n")
    head, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()[2:8])
    assert head[2:] == [plain(verdict) for verdict in run.counts()]
    found = {(platform, mode): dict(zip(run.counts(), counts)) for platform, mode, *counts in rows}
    assert found == {
        column: {verdict: str(run.counts(*column).get(verdict, "")) for verdict in run.counts()} for column in COLUMNS
    }


def test_the_pages_data(run):
    text = (run.place / "reported.html").read_text(encoding="utf-8")
    data = json.loads(re.search(r'<script[^>]* id="data"[^>]*>(.*?)</script>', text, re.S)[1])
    found = once(
        ((*column, case), data["verdicts"][data["outcomes"][number]["verdict"]][0])
        for column, cells in zip(data["columns"], data["cells"], strict=True)
        for case, number in zip(data["cases"], cells, strict=True)
    )
    assert found == run.verdicts
    assert sorted(number for row in data["rows"] for number in row[2]) == list(range(len(data["cases"])))


@pytest.mark.skipif(not (find_program("chromium") and find_program("chromedriver")), reason="no chromium, chromedriver")
def test_the_page_in_a_browser(run, tmp_path):
    with browser(tmp_path) as window:
        window.open((run.place / "reported.html").as_uri())
        rows = window.run(
            "return [...document.querySelectorAll('#matrix tbody tr:not(.family)')].map((row) =>"
            " [...row.cells].map((cell) => cell.getAttribute('aria-label') ?? cell.textContent))"
        )
        heads = window.run(
            "return [...document.querySelectorAll('#matrix th.platform, #matrix th.mode')]"
            ".map((each) => [each.textContent, each.colSpan])"
        )
    platforms = [name for name, span in heads[:2] for _ in range(span)]
    columns = list(zip(platforms, (name for name, _ in heads[2:]), strict=True))
    found = once(
        ((*column, case), label.split(" ")[0])
        for case, *labels in rows
        for column, label in zip(columns, labels, strict=True)
    )
    assert found == run.verdicts


def test_the_tests_of_cases_tell_the_same(private, run, tmp_path):
    """What JSON= and JUNIT= of make test have of the same question."""
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", "harness/tests/test_cases.py"]
    forms = [f"--json={tmp_path}/json", f"--junit-xml={tmp_path}/junit"]
    done = subprocess.run([*command, *run.asked, *forms], cwd=ROOT, env=private, capture_output=True, timeout=120)
    assert done.returncode == 1, done.stdout
    assert by_place(json.loads((tmp_path / "json").read_text())) == run.verdicts
    tests = [
        test
        for test in ElementTree.parse(tmp_path / "junit").iter("testcase")
        if test.get("name").startswith("test_case[")
    ]
    properties = [{each.get("name"): each.get("value") for each in test.iter("property")} for test in tests]
    assert by_place(properties) == run.verdicts
    for test, each in zip(tests, properties):
        assert (test.find("failure") is None) == (each["verdict"] in ("pass", "known"))
