# SPDX-License-Identifier: BSD-2-Clause
"""What the verb diff says of two runs, and that whatever is in them, it fits on a screen as text."""

import json

import pytest

from harness.catalogue.debugger_modes import MODES
from harness.judging.result import Judgement, Result, Verdict
from harness.report.diff import not_in
from harness.system.errors import WrongQuestion
from harness.verbs.diff import diff_runs

CPU_MODES = ("kernel32", "kernel64", "user64")
ALL = [debugger for debugger in MODES if debugger != "script"]


def row(case="int3@kernel64", debugger="detached", verdict="pass", bug="", reason="", platform="tcg") -> dict:
    name, _, mode = case.partition("@")
    words = {"platform": platform, "debugger": debugger, "verdict": verdict, "bug": bug, "reason": reason}
    return {"case": name, "mode": mode, "seconds": 0.1, "run": "r"} | words


def rows(name: str, debuggers=ALL, modes=CPU_MODES, **words) -> list[dict]:
    return [row(f"{name}@{mode}", debugger, **words) for mode in modes for debugger in debuggers]


@pytest.fixture
def ask(tmp_path, capsys):
    """The exit status and the lines of a diff of two lists; `json` as --json."""

    def run(before: list[dict], after: list[dict], json_file: str = "") -> tuple[int, list[str]]:
        paths = [tmp_path / "before", tmp_path / "after"]
        for path, results in zip(paths, (before, after)):
            path.write_text(json.dumps(results))
        status = diff_runs(*map(str, paths), json_file)
        return status, capsys.readouterr().out.splitlines()

    return run


def test_the_worst_comes_first_and_alike_modes_share_a_line(ask):
    before = [
        *rows("int3"),
        *rows("icebp", verdict="known", bug="tcg-int1-ud"),
        *rows("tf_step"),
        *rows("gone", verdict="differs", reason="dr6"),
        row("same@vm86"),
    ]
    after = [
        *rows("int3", verdict="known", bug="new"),
        *rows("icebp", ["detached", "step"]),
        *rows("icebp", [debugger for debugger in ALL if debugger not in ("detached", "step")], verdict="hang"),
        *rows("tf_step", modes=["kernel32"], verdict="unusable", reason="no gdb"),
        *rows("tf_step", modes=["kernel64"]),
        row("tf_step@user64", "step", "differs", reason="rip"),
        row("same@vm86"),
    ]
    status, lines = ask(before, after)
    assert status == 1
    assert [line.partition(": ")[0] for line in lines[:3]] == ["before", "after", ""]
    left = ", ".join(debugger for debugger in ALL if debugger not in ("detached", "step"))
    without_step = ", ".join(debugger for debugger in ALL if debugger != "step")
    number = len(ALL)
    assert lines[3:] == [
        "worse: int3, 3 modes on tcg in all debugger modes: pass, now known (new)",
        f"worse: icebp, 3 modes on tcg {left}: known (tcg-int1-ud), now hang",
        "worse: tf_step@user64 on tcg step: pass, now differs: rip",
        "unusable: tf_step@kernel32 on tcg in all debugger modes: pass, now unusable: no gdb",
        "better: icebp, 3 modes on tcg detached, step: known (tcg-int1-ud), now pass",
        f"vanished: tf_step@user64 on tcg {without_step}: pass",
        "vanished: gone, 3 modes on tcg in all debugger modes: differs: dr6",
        f"{6 * number - 5} worse, {number} unusable, 6 better, {4 * number - 1} vanished"
        f" ({number - 1} pass, {3 * number} differs), {number + 1} the same ({number + 1} pass)",
    ]


def test_nothing_worse_is_said_and_is_0(ask):
    status, lines = ask([row(verdict="differs")], [row(platform="kvm")])
    assert status == 0
    assert lines[-2:] == [
        "better: int3@kernel64 on kvm detached: differs, now pass",
        "nothing worse, 1 better",
    ]


@pytest.mark.parametrize(
    "earlier, now, words",
    [
        (["tcg"], ["tcg"], ""),
        (["tcg", "kvm"], ["tcg"], ""),
        (["tcg"], ["kvm"], "has nothing about kvm, which is held against its tcg"),
        (["tcg"], ["tcg", "kvm", "xen"], "has nothing about kvm, xen, but about tcg"),
    ],
)
def test_platforms_that_an_earlier_run_has_not_are_named(earlier, now, words):
    before, after = (
        [Result("int3@kernel64", name, "detached", Judgement(Verdict.PASS)) for name in names]
        for names in (earlier, now)
    )
    assert not_in(before, after) == words


def test_nothing_to_compare_is_said_and_is_1(ask):
    status, lines = ask([row()], [row("icebp@vm86")])
    assert status == 1
    assert lines[-1].endswith(", 1 appeared (1 pass), 1 vanished (1 pass); there is nothing that can be compared")


def test_reasons_of_a_line_that_differ_are_counted(ask):
    after = [row(f"int3@{mode}", verdict="differs", reason=f"cs={mode}") for mode in CPU_MODES]
    _, lines = ask(rows("int3", ["detached"]), after)
    assert "worse: int3, 3 modes on tcg detached: pass, now differs: cs=kernel32; and 2 more reasons" in lines


def test_whatever_is_in_them_it_fits_on_a_screen_as_text(ask):
    nasty = "\x1b[31m\u202e\n" + "x" * 400
    names = [f"{number}{nasty}@{mode}" for number in range(100) for mode in CPU_MODES]
    before = [row(name, nasty, platform=nasty) for name in names]
    after = [row(name, nasty, "differs", nasty, nasty, nasty) for name in names]
    status, lines = ask(before, after)
    assert status == 1 and len(lines) == 25
    assert all(line.isprintable() and len(line) <= 300 or not line for line in lines)
    assert lines[-2:] == ["worse: and 240 more results", "300 worse"]


def test_the_same_as_json(ask, tmp_path):
    before, after = [row(), row("icebp@vm86")], [row(verdict="crash", reason="SIGSEGV"), row("icebp@vm86")]
    status, lines = ask(before, after, "-")
    found = json.loads("\n".join(lines))
    assert (status, found["compared"], found["counts"]["worse"], found["counts"]["same"]) == (1, 2, 1, 1)
    assert found["changes"] == [{"change": "worse", "before": before[0], "after": after[0]}]
    _, lines = ask(before, after, str(tmp_path / "diff.json"))
    assert json.loads((tmp_path / "diff.json").read_text()) == found
    assert lines[-1] == "1 worse, 1 the same (1 pass)"


def test_a_run_is_not_written_over(ask, tmp_path):
    with pytest.raises(WrongQuestion, match="--json .*after: is one of the runs: name another file"):
        ask([row()], [row()], str(tmp_path / "x" / ".." / "after"))
    assert json.loads((tmp_path / "after").read_text()) == [row()]
