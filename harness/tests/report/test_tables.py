# SPDX-License-Identifier: BSD-2-Clause
"""What stands on the terminal: each difference once, known bugs, and tables that can be read."""

import io

import pytest
from rich.console import Console

from harness.catalogue.debugger_modes import MODES
from harness.judging.result import GRAVITY, Judgement, Named, Result, Verdict
from harness.report.problems import debuggers, find_problems, names
from harness.report.terminal import (
    LONGEST_CELL,
    MOST_ROWS,
    UNLIMITED,
    print_by_platform,
    print_platform,
    print_short_table,
    print_table,
)
from harness.tests.command import status_of
from harness.tests.faults import fault
from harness.tests.report.kept import keep, verdict
from harness.tests.table import row


def test_a_difference_is_told_once_for_all_modes_that_deviate_alike():
    """What follows from the mode, as cs=, counts for nothing; what is missing or too much counts whole."""

    def result(case: str, debugger: str, dr6: str) -> Result:
        lines = [f"#DB rip=after dr6={value} cs={case.partition('@')[2]}" for value in ("ffff4ff0", dr6)]
        seen = [*lines[1:], f"#UD rip=x cs={case}"]
        return Result(case, "tcg", debugger, Judgement(Verdict.DIFFERS, "why"), required=lines[:1], seen=seen)

    alike = [
        result(case, debugger, "0")
        for case in ("a@kernel32", "a@user64", "b@vm86")
        for debugger in ("detached", "step")
    ]
    other = result("c@kernel32", "detached", "1")
    groups = find_problems([*alike, other]).others
    assert groups == [alike, [other]]
    assert names(groups[0]) == ("a@kernel32,user64, b@vm86", "tcg", "detached, step")


def test_resets_are_told_once_wherever_they_were():
    results = [
        Result(
            f"a{number}@kernel32", "kvm", "step", Judgement(Verdict.RESET, "it was reset", (f"vCPU 0 is at {number}",))
        )
        for number in range(3)
    ]
    assert find_problems(results).others == [results]


def test_the_gravest_comes_first():
    endings = [verdict for verdict in Verdict if not verdict.green]
    groups = find_problems([Result("a@kernel32", "tcg", "step", Judgement(verdict)) for verdict in endings]).others
    assert [group[0].verdict for group in groups] == [verdict for verdict in GRAVITY if not verdict.green]
    assert sorted(GRAVITY, key=list(Verdict).index) == list(Verdict)


def test_a_known_bug_counts_alone_and_with_others():
    x, y = Named("x", "X is wrong"), Named("y", "Y as well")
    both = Result("a@kernel32", "tcg", "step", Judgement(Verdict.KNOWN, bugs=(x, y)))
    one = Result("b@kernel32", "tcg", "step", Judgement(Verdict.KNOWN, bugs=(y,)))
    found = [(bug.name, bug.title, bug.results) for bug in find_problems([both, one]).known]
    assert found == [("y", "Y as well", [both, one]), ("x", "X is wrong", [both])]


@pytest.mark.parametrize(
    "modes, words",
    [
        (["step"], "step"),
        (["step", "attached"], "attached, step"),
        ([mode for mode in MODES if mode != "script"], "in all debugger modes"),
        (["somewhere"], "somewhere"),
    ],
)
def test_debugger_modes_in_words(modes, words):
    assert debuggers(modes) == words


def printed(function, *arguments) -> str:
    console = Console(file=io.StringIO(), soft_wrap=True, highlight=False, width=500)
    function(console, *arguments)
    return console.file.getvalue()


def test_a_platform_with_thousands_of_failures_fits_on_a_screen():
    """The first difference whole, the next as long as there is room, the rest by their reasons and then by number."""
    results = []
    for number in range(100):
        seen = [f"#DB {number} {line}" for line in range(20)]
        results.append(
            Result(
                f"c{number}@kernel32",
                "kvm",
                "step",
                Judgement(Verdict.DIFFERS, f"reason {number}"),
                required=["x"],
                seen=seen,
            )
        )
    results += [
        Result(f"b{number}@kernel32", "kvm", mode, Judgement(Verdict.BACKEND, "KVM internal error. Suberror: 1"))
        for number in range(500)
        for mode in ("detached", "attached")
    ]
    text = printed(print_platform, results)
    assert text.startswith("kvm: red: 1100 of 1100: 100 differs, 1000 backend\nb0@kernel32, b1@kernel32, ")
    assert "496 more cases on kvm detached, attached: backend: KVM internal error. Suberror: 1 (1000 results)" in text
    assert "and 93 more results that are not green, for 93 other reasons\n" in text
    assert text.count("\n") < 36


def test_a_log_that_differs_in_thousands_of_lines_fits_on_a_screen_or_two():
    required = [f"note {number}" for number in range(100)]
    seen = [*required[:90], *(f"#DB {number}" for number in range(2000))]
    result = Result("a@kernel32", "kvm", "", Judgement(Verdict.DIFFERS), required=required, seen=seen)
    lines = printed(print_platform, [result]).splitlines()
    assert "      note 88" in lines and "      note 87" not in lines  # two before the first that differs
    assert "    + [[#DB]] [[0]]" in lines and lines[-1] == "      ... and 1942 more lines"
    assert len(lines) < 2 * MOST_ROWS


def test_known_bugs_of_which_there_are_many_are_named():
    results = [
        Result(
            f"c{case}@kernel32", "tcg", "step", Judgement(Verdict.KNOWN, bugs=(Named(f"bug-{bug}", f"title {bug}"),))
        )
        for bug in range(40)
        for case in range(100 - bug)
    ]
    lines = printed(print_platform, results).splitlines()
    assert [line.split()[:2] for line in lines[1:13]] == [[f"bug-{bug}", f"{100 - bug}"] for bug in range(12)]
    assert lines[13].startswith("  and 28 more: bug-12 88, bug-13 87, ") and all(
        len(line) <= 110 for line in lines[13:]
    )
    named = " ".join(line.strip() for line in lines[13:]).removeprefix("and 28 more: ").split(", ")
    assert named == [f"bug-{bug} {100 - bug}" for bug in range(12, 40)] and len(lines) < 20
    in_full = printed(lambda console, results: print_platform(console, results, most_known=UNLIMITED), results)
    assert "more: " not in in_full and len(in_full.splitlines()) == 41
    red = [*results, Result("a@kernel32", "tcg", "step", Judgement(Verdict.CRASH))]
    lines = printed(print_platform, red).splitlines()
    assert len(
        [line for line in lines if " title " in line]
    ) == 4 and "  and 36 more: bug-4 96, bug-5 95, " in "\n".join(lines)


@pytest.mark.parametrize("platforms, lines", [(1, 12), (2, 14), (3, 15), (5, 15), (10, 30)])
def test_the_known_bugs_of_several_platforms_have_little_more_room_than_those_of_one(platforms, lines):
    results = [
        Result(
            "c@kernel32", f"p{platform}", "step", Judgement(Verdict.KNOWN, bugs=(Named(f"bug-{bug}", f"title {bug}"),))
        )
        for platform in range(platforms)
        for bug in range(20)
    ]
    told = printed(lambda console, results: print_by_platform(console, results, {}), results).splitlines()
    assert len([line for line in told if " title " in line]) == lines
    assert len([line for line in told if " more: " in line]) == platforms


def test_the_short_table_has_a_row_for_modes_and_a_column_for_debuggers_that_agree():
    results = [
        Result(f"{name}@{mode}", "tcg", debugger, Judgement(Verdict.KNOWN if known else Verdict.PASS))
        for name, mode in (("a", "kernel32"), ("a", "user64"), ("b", "kernel32"), ("b", "user64"))
        for debugger in ("detached", "attached", "step")
        for known in [name == "b" and debugger == "step" and mode == "user64"]
    ]
    table = printed(print_short_table, results, 3)
    assert len(table.strip().splitlines()) == 4
    assert "pass" in row(table, "a, 2 modes") and "pass" in row(table, "b@kernel32")
    assert "pass, known in step" in row(table, "b@user64")
    assert printed(print_short_table, results, 2) == ""


@pytest.mark.parametrize(
    "wide, shown",
    [(LONGEST_CELL, "z" * LONGEST_CELL), (100_000, f"{'z' * (LONGEST_CELL - 1)}…")],
    ids=["many", "a name that is none"],
)
def test_a_table_has_each_name_and_each_verdict_however_wide_it_is(wide, shown):
    """Many runs, or one of which a name is none: rich's tables cut all columns then, to "c…"."""
    names = {"tcg": "tcg"} | {f"{number}{'z' * (wide - 2)}": f"{number}{shown[2:]}" for number in range(10, 30)}
    results = [
        Result(f"a-case-{case}@kernel64", name, mode, Judgement(Verdict.FIXED if name == "tcg" else Verdict.PASS))
        for name in names
        for case in range(2)
        for mode in ("detached", "attached")
    ]
    assert [line.split() for line in printed(print_table, results).splitlines()] == [
        [name for name in names.values() for _ in range(2)],
        ["case", *["detached", "attached"] * len(names)],
        *([f"a-case-{case}@kernel64", *["fixed?"] * 2, *["pass"] * 40] for case in range(2)),
    ]


@fault("file", "a run of thousands of platforms", "its table is not shown, all that is red is: exit status 1", 30)
@pytest.mark.slow
def test_a_table_that_nobody_could_read_is_not_begun(monkeypatch, capfd, tmp_path):
    for number in range(1000):
        its = f"p{number}"
        keep(tmp_path / its, [verdict(f"{its}@kernel64", its, ending=Verdict.PASS if number else Verdict.HANG)], its)
    assert status_of(monkeypatch, "report", str(tmp_path), f"--html={tmp_path / 'html'}") == 1
    shown = capfd.readouterr().out
    assert "the table is too large to be shown here: 1000 cases in 1000 columns\n" in shown
    assert "p0@kernel64 on p0 detached: hang" in shown and "all platforms: 999 pass, 1 hang" in shown
