# SPDX-License-Identifier: BSD-2-Clause
"""The verb show: each case, bug and verdict can be explained, in words that are held here, and by what is required."""

import re
from collections import Counter
from functools import cache
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from harness.catalogue.image import Image, read_images
from harness.catalogue.log_file import GUEST, read_blocks
from harness.catalogue.required import RequiredLogs
from harness.catalogue.source import read_source
from harness.judging.bugs import BugsByCase
from harness.judging.result import MEANINGS, Verdict
from harness.report import about_bug
from harness.report.about_bug import explain_bug
from harness.report.about_case import explain_case
from harness.report.sheet import MOST_LINES, Sheet
from harness.report.terminal import UNLIMITED
from harness.system.errors import WrongQuestion
from harness.system.places import CASES, ROOT
from harness.tests.known_bugs import BUGS
from harness.verbs import show

# What they share is made once.
pytestmark = pytest.mark.xdist_group("show")

KEPT = Path(__file__).with_name("shown.txt")  # python3 -m harness.tests.verbs.test_show writes it anew
WORDS = ("triple_fault", "tcg-gd-cleared", "hang")

BY_NAME = {bug.name: bug for bug in BUGS}
EXAMPLE = "required (-) and with this bug (+):"


@cache
def images() -> list[Image]:
    return read_images()


@cache
def required() -> RequiredLogs:
    return RequiredLogs(CASES)


@cache
def names() -> list[str]:
    return sorted({case.partition("@")[0] for image in images() for case in image.cases})


def sheet(terminal: bool = False) -> tuple[Sheet, StringIO]:
    out = StringIO()
    console = Console(
        file=out, highlight=False, soft_wrap=True, width=UNLIMITED, force_terminal=terminal, no_color=True
    )
    return Sheet(console), out


def shown(*words: str) -> str:
    page, out = sheet()
    for word in words:
        show.explain(page, word, images(), required(), BugsByCase(ROOT / "bugs"))
    return out.getvalue()


def test_the_words_of_a_case_a_bug_and_a_verdict():
    assert shown(*WORDS).splitlines() == KEPT.read_text(encoding="ascii").splitlines()


def test_each_case_shows_what_it_asks_and_each_block_once():
    files: dict[str, list[Path]] = {}
    for path in CASES.glob("*/*.*"):
        files.setdefault(path.name.partition(".")[0], []).append(path)
    for name in names():
        page, out = sheet()
        chosen = [image.narrowed(lambda case: case.startswith(f"{name}@")) for image in images()]
        explain_case(page, name, chosen, required(), [], "")
        text = out.getvalue()
        (source,) = [path for path in files[name] if path.suffix == ".c"]
        asks = " ".join(filter(None, read_source(source).asks))
        assert asks and asks in re.sub(r"\s+", " ", text), name
        asked = {case for image in chosen for case in image.cases}
        logs = [path for path in files[name] if path.suffix == ".log"]
        blocks = [case for log in logs for word, case in read_blocks(log) if word == GUEST]
        begun = re.findall(rf"^  begin {name}@(\S+)$", text, re.MULTILINE)
        of_text = Counter(f"{name}@{mode}" for modes in begun for mode in modes.split(","))
        assert of_text == Counter(case for case in blocks if case in asked), name


def test_each_bug_shows_where_it_was_seen_and_what_it_looks_like():
    for bug in BUGS:
        page, out = sheet()
        explain_bug(page, bug, images(), required())
        text = out.getvalue()
        assert text.startswith(f"bug {bug.name}: {bug.title}\n")
        assert [each for each in bug.reports if f"\n  {each}\n" not in text] == []
        assert len(re.findall(r"^(seen|predicted from source, never seen): ", text, re.MULTILINE)) == len(bug.seen)
        rewriting = [each for each in bug.seen if each.rewrite or each.debugger_rewrite or each.endless]
        assert text.count(EXAMPLE) == len(rewriting), bug.name
        observed = any(each.basis == "observed" for each in bug.seen)
        assert (f"\n  make repro BUG={bug.name}\n" in text) == observed


def test_a_case_has_the_bugs_that_show_in_it_by_platform():
    _, found, bugs = shown("icebp").partition("\nknown bugs, by platform\n")
    assert found and re.search(r"^  tcg\n    tcg-int1-ud: .* \(QEMU <9\.1\)$", bugs, re.MULTILINE)
    assert re.search(r"^  whpx\n    whpx-int1: .*predicted from source", bugs, re.MULTILINE)
    assert "tcg-init-cr0" not in bugs and "no-smp" not in bugs
    assert "tcg-init-cr0" in shown("init_sipi") and "bochs-no-msr" in shown("svm_msrs")


def test_a_bug_of_one_mode_does_not_show_in_another():
    assert "\n    tcg-into-64: " in shown("into@user64")
    assert "\n    tcg-into-64: " not in shown("into@user32")


def test_of_one_mode_the_log_is_the_guests():
    text = shown("icebp@user64")
    assert text.startswith("case icebp: user64\n") and "kernel32" not in text.partition("begin ")[2]
    assert "\n  #DB cpu=0 rip=after dr6=ffff0ff0 dr7=00000400 flags=- cs=user stack=0\n" in text


def test_a_bug_that_ends_the_machine_shows_no_line_after_that():
    text = shown("qemu-1045")
    assert "log ends before 'exit=#DB rip=two'" in text and "rip=one" in text
    assert not re.search(r"^ +[-+] .*rip=(\[\[)?(two|three)", text, re.MULTILINE)


def test_what_is_both_a_case_and_a_bug_shows_both(tmp_path, monkeypatch):
    (tmp_path / "bugs").mkdir()
    (tmp_path / "bugs" / "icebp.toml").write_bytes((ROOT / "bugs" / "tcg-int1-ud.toml").read_bytes())
    for module in (show, about_bug):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    text = shown("icebp")
    assert text.startswith("case icebp: ") and "\n\nbug icebp: TCG raises #UD on INT1\n" in text


@pytest.mark.parametrize(
    "words, said",
    [
        ([], "show: say what: "),
        ([""], "show : no case, bug or verdict has this name: 'make list'"),
        (["icepb"], "show icepb: no case, bug or verdict has this name: did you mean icebp"),
        (["icebp", "tcg-int1-du"], "show tcg-int1-du: .*: did you mean tcg-int1-ud"),
        (["unuseable"], "show unuseable: .*: did you mean unusable"),
        (["../bugs/tcg-gd"], "show ../bugs/tcg-gd: no case, "),
        (["icebp@kernel16"], "MODE=kernel16: there is no such mode: "),
        (["gd@user32"], "no case matches CASE=gd and MODE=user32"),
    ],
)
def test_what_names_nothing_is_a_wrong_question_before_a_word_is_said(capsys, words, said):
    with pytest.raises(WrongQuestion, match=f"^{said}"):
        show.show(words)
    assert capsys.readouterr().out == ""


def test_each_verdict_has_its_words_and_the_docs_have_the_same():
    assert list(MEANINGS) == list(Verdict)
    for file, words in (("README.md", "text"), ("docs/runs.md", "then")):
        rows = [f"| `{verdict.value}` | {getattr(meaning, words)} |" for verdict, meaning in MEANINGS.items()]
        assert "\n".join(rows) in (ROOT / file).read_text(encoding="utf-8"), file
    green = [verdict.value for verdict in Verdict if "not green" not in shown(verdict.value)]
    assert green == ["pass", "known"]
    assert shown("fixed") == shown("fixed?")


HOSTILE = "\x1b]0;title\x07\x1b[2J\u202e"


def test_nothing_hostile_reaches_the_terminal():
    page, out = sheet()
    page.heading(HOSTILE)
    page.prose([HOSTILE, "", HOSTILE])
    page.code([HOSTILE], "file")
    page.text([HOSTILE], "file")
    assert not set(out.getvalue()) & set(HOSTILE.replace("0;title", "").replace("2J", "")) - set("[]")
    assert out.getvalue().count("\\x1b[2J") == 5


def test_a_terminal_gets_what_fits_and_hears_of_the_rest(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    page, out = sheet(terminal=True)
    page.code(["x" * 100] * (MOST_LINES + 2), "cases/a.c")
    page.prose(["word"] * 30)
    page.text(["y" * 100], "cases/a.log")
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in out.getvalue().splitlines()]
    assert lines[:MOST_LINES] == [f"  {'x' * 37}…"] * MOST_LINES
    assert lines[MOST_LINES] == "  ... and 2 more lines in cases/a.c"
    assert max(map(len, lines[MOST_LINES + 1 : -1])) <= 40 and lines[-1] == f"  {'y' * 100}"


if __name__ == "__main__":
    KEPT.write_text(shown(*WORDS), encoding="ascii")
