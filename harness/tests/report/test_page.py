# SPDX-License-Identifier: BSD-2-Clause
"""The page: what it says without a script, the data that its script reads, and that text in it stays text."""

import base64
import hashlib
import json
import os
import re
from html.parser import HTMLParser
from urllib.parse import parse_qs

import pytest

from harness.judging.bugs import read_bug
from harness.judging.result import Judgement, Named, Nearest, Result, Verdict
from harness.report.html import page
from harness.report.page_answer import fragment, platform_answers
from harness.report.page_data import LETTERS
from harness.runs import read
from harness.runs.merge import merge
from harness.report.terminal import described
from harness.system.places import ROOT
from harness.system.printable import printable
from harness.tests.report.kept import keep, nasty_run, verdict

INT1 = Named("tcg-int1-ud", "TCG raises #UD on INT1")
REQUIRED, SEEN = ["#DB rip=after"], ["#UD rip=icebp"]


class Tags(HTMLParser):
    """The elements and attributes of a page, its text, and what is in its scripts and its style."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names, self.attributes, self.text = set(), {}, ""
        self.inside: dict[str, list[str]] = {"script": [], "style": []}
        self._open = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, []).append(value)
        self._open = tag
        if tag in self.inside:
            self.inside[tag].append("")

    def handle_endtag(self, tag):
        self._open = ""

    def handle_data(self, data):
        if self._open in self.inside:
            self.inside[self._open][-1] += data
        else:
            self.text += data


def data_of(text: str) -> dict:
    """What the page's script reads."""
    return json.loads(Tags(text).inside["script"][0])


def comparison(data: dict, outcome: dict, which: int = 0) -> tuple[str, list]:
    """The title of the required side, and the rows as texts."""
    _, title, number = outcome["logs"][which]
    rows = data["comparisons"][number]["rows"]
    return data["texts"][title], [[data["texts"][side] if side >= 0 else None for side in row[:2]] for row in rows]


def result(case="icebp@kernel64", debugger="detached", ending=Verdict.PASS, platform="tcg", **more) -> Result:
    bugs = (INT1,) if ending is Verdict.KNOWN else ()
    return Result(case, platform, debugger, Judgement(ending, bugs=bugs), **more)


def known(case="icebp@kernel64", debugger="detached", **more) -> Result:
    return result(case, debugger, Verdict.KNOWN, required=REQUIRED, seen=SEEN, **more)


def test_text_stays_text(tmp_path):
    text = page(*nasty_run(tmp_path))
    assert all(character.isprintable() or character == "\n" for character in text)
    tags = Tags(text)
    assert not tags.names & {"img", "iframe", "object", "link", "form"}
    assert not any(name.startswith("on") or name in ("src", "style") for name in tags.attributes)
    assert len(tags.inside["script"]) == 2 and len(tags.inside["style"]) == 1
    assert "<script>alert(1)</script>\\x1b[31m\\u202e" in tags.text
    assert any("<script>alert(1)</script>" in words for words in data_of(text)["texts"])


def test_it_runs_its_own_script_alone():
    tags = Tags(page([], [result()]))
    (allowed,) = (words for words in tags.attributes["content"] if words.startswith("default-src"))
    assert allowed.startswith("default-src 'none'; ") and "unsafe" not in allowed
    for name, text in (("script", tags.inside["script"][1]), ("style", tags.inside["style"][0])):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in allowed
    assert not re.search(r"(inner|outer|Adjacent)HTML|document\.write|eval\(|Function\(", tags.inside["script"][1])


def test_questions_are_counted_by_the_worst_of_their_results():
    results = [
        result("a@kernel32"),
        result("a@user64"),
        known("b@kernel32"),
        result("b@user64"),
        result("c@kernel32", ending=Verdict.UNUSABLE),
        known("c@user64"),
        result("d@kernel32", ending=Verdict.UNUSABLE),
        result("d@user64", ending=Verdict.HANG),
    ]
    (answer,), others = platform_answers(["tcg: QEMU 7.2", "tcg: a remark", "kvm: not run"], results)
    assert (answer.lines, others) == (["QEMU 7.2", "a remark"], ["kvm: not run"])
    assert answer.questions == {"right": 1, "known": 1, "cannot be told": 1, "red": 1}
    assert answer.results[Verdict.KNOWN] == 2 and answer.total == 4


def test_it_says_first_what_is_red():
    differs = result(ending=Verdict.DIFFERS, required=REQUIRED, seen=SEEN)
    tags = Tags(page([], [known("int3@user64"), differs, result(debugger="step")]))
    assert "Red: 1 of 3 results is neither right nor a known bug." in tags.text
    assert "#UD rip=icebp instead of #DB rip=after" in tags.text
    assert f"#{fragment(differs)}" in tags.attributes["href"]
    assert "Green: all 2 results are right" in Tags(page([], [known(), result(debugger="step")])).text


def test_a_fragment_names_a_result_whatever_its_name():
    odd = result("a b@x+&=#", platform="kvm@amd:6.12 qemu=10", debugger="step")
    assert parse_qs(fragment(odd)) == {"case": [odd.case], "on": [odd.platform], "with": ["step"]}


def test_modes_that_agree_in_all_columns_are_one_row():
    modes = ("kernel32", "user32", "user64")
    results = [result(f"a@{mode}", debugger) for mode in modes for debugger in ("detached", "step")]
    assert [row[1] for row in data_of(page([], results))["rows"]] == ["a, 3 modes"]
    results[-1] = known("a@user64", "step")
    assert [row[1] for row in data_of(page([], results))["rows"]] == ["a@kernel32,user32", "a@user64"]


def test_each_log_is_there_once_and_none_of_what_passes():
    results = [known(f"a@{mode}", debugger) for mode in ("kernel32", "user64") for debugger in ("detached", "step")]
    results.append(result("b@kernel32", required=["a line"], seen=["a line"]))
    data = data_of(page([], results))
    assert [len(data["comparisons"]), data["texts"].count(REQUIRED[0]), data["texts"].count("a line")] == [1, 1, 0]
    assert len(data["outcomes"]) == 2
    assert data["cells"] == [[data["cells"][0][0]] * 2 + [data["cells"][0][2]], [data["cells"][0][0]] * 2 + [-1]]


def test_what_a_cell_more_takes_is_little():
    """30,000 cells are to stay below 5 MB."""

    def size(columns: int) -> int:
        names = [f"platform {number}" for number in range(columns)]
        return len(page([], [result(f"c{number}@user64", platform=name) for number in range(100) for name in names]))

    assert size(20) - size(10) < 10 * (100 * 4 + 1000)


def test_both_logs_stand_side_by_side(tmp_path):
    differs = verdict(ending=Verdict.DIFFERS, required=["same", *REQUIRED], seen=["same", *SEEN, "more"])
    keep(tmp_path / "a", [differs])
    data = data_of(page(*merge(read.read([tmp_path]))))
    rows = [["same", "same"], [REQUIRED[0], SEEN[0]], [None, "more"]]
    assert comparison(data, data["outcomes"][0]) == ("required", rows)


def test_what_known_bugs_foretell_stands_beside_what_was_seen(tmp_path):
    nearest = Nearest(("tcg-init-cr0",), ["note cr0=1", "note cr3=0"], [])
    required, seen = ["note cr0=0", "note cr3=0"], ["note cr0=1", "note cr3=2"]
    judged = Judgement(Verdict.DIFFERS, nearest=nearest)
    keep(tmp_path / "a", [verdict(ending=Verdict.DIFFERS, judged=judged, required=required, seen=seen)])
    text = page(*merge(read.read([tmp_path])))
    data = data_of(text)
    rows = [["note cr0=1", "note cr0=1"], ["note cr3=0", "note cr3=2"]]
    assert comparison(data, data["outcomes"][0]) == ("as tcg-init-cr0", rows)
    assert data["bugs"] == [["tcg-init-cr0", ""]] and data["outcomes"][0]["nearest"] == [0]
    assert "explains a part of what differs" in Tags(text).text


def test_what_the_hypervisor_said_is_shown_where_it_died(tmp_path):
    folder = keep(tmp_path / "a", [verdict(ending=Verdict.CRASH), verdict("icebp@user64", ending=Verdict.DIFFERS)])
    (folder / "stderr.log").write_bytes(b"x" * 100_000 + b"\n\xffAssertion failed\n")
    text = page(*merge(read.read([tmp_path])))
    data = data_of(text)
    said = {data["verdicts"][each["verdict"]][0]: each.get("said") for each in data["outcomes"]}
    assert "Assertion failed" in data["texts"][said["crash"][-1]] and said["differs"] is None
    assert sum(map(len, data["texts"])) < 20_000


@pytest.mark.skipif(os.name != "posix", reason="no folder can be called so here")
@pytest.mark.parametrize("name", ["a\x1b[31m", "a\nb", os.fsdecode(b"a\xff")], ids=["ESC", "newline", "no UTF-8"])
def test_what_the_hypervisor_said_is_found_whatever_its_folder_is_called(tmp_path, name):
    """And its name is shown as escapes."""
    folder = keep(tmp_path / name, [verdict(ending=Verdict.CRASH)])
    (folder / "stderr.log").write_text("Assertion failed")
    _, (crash,) = merge(read.read([tmp_path]))
    data = data_of(page([], [crash]))
    (outcome,) = data["outcomes"]
    assert [data["texts"][number] for number in outcome["said"]] == ["Assertion failed"]
    shown = [data["texts"][number] for number in outcome["run"]]
    assert shown == [crash.as_json()["run"]] == [printable(str(folder))]
    assert described([crash]).endswith(f"see {shown[0]}\n")


def test_a_log_without_end_is_cut(tmp_path):
    seen = [f"#DB {number}" for number in range(2000)]
    keep(tmp_path / "a", [verdict(ending=Verdict.DIFFERS, required=["x"], seen=seen)])
    data = data_of(page(*merge(read.read([tmp_path]))))
    _, rows = comparison(data, data["outcomes"][0])
    assert rows[-1] == [None, "#DB 399"] and data["comparisons"][0]["left"] == 1600


def test_a_question_has_its_text_and_why_its_log_is_required():
    (question,) = data_of(page([], [result()]))["questions"]
    files = dict(question["files"])
    assert question["family"] == "int" and question["asks"].startswith("INT1 (F1")
    assert "mark\ticebp".expandtabs(8) in files["cases/int/icebp.c"]
    assert "rule #DB: rip=after" in files["cases/int/icebp.log"] and "begin" not in files["cases/int/icebp.log"]


def test_a_case_that_is_not_in_this_catalogue_has_no_text():
    (question,) = data_of(page([], [result("../../etc@x")]))["questions"]
    assert question == {"name": "../../etc", "family": "", "asks": "", "files": []}


def test_a_bug_has_its_story_and_the_smallest_result_that_shows_it():
    bug = read_bug(ROOT / "bugs" / "tcg-int1-ud.toml")
    long = known("tf_icebp@user64", debugger="step")
    commands = lambda *what: f"ask {' '.join(what)}"  # noqa: E731
    tags = Tags(page([], [long, known()], {bug.name: bug}, commands))
    for words in (
        "INT1 (F1) was not implemented in TCG's decoder.",
        "2 results on tcg (QEMU <9.1)",
        "icebp@kernel64 on tcg, detached",
        "ask tcg icebp@kernel64 detached",
        "make repro BUG=tcg-int1-ud",
        "absent: tcg, QEMU >=10.0",
    ):
        assert words in tags.text, words
    assert bug.reports[0] in tags.attributes["href"]


@pytest.mark.parametrize("address, links", [("https://x.org/1", True), ("javascript:alert(1)", False), ("mail", False)])
def test_only_an_address_is_a_link(address, links):
    bug = read_bug(ROOT / "bugs" / "tcg-int1-ud.toml")
    bug.reports[:] = [address]
    tags = Tags(page([], [known()], {bug.name: bug}))
    assert address in tags.text and (address in tags.attributes["href"]) is links


def test_a_platform_has_one_command_for_all_its_cells():
    data = data_of(page([], [result(), known("a@user64")], {}, lambda *what: " ".join(what)))
    assert data["commands"] == {"tcg": "tcg @CASE@ @MODE@"}


def test_each_verdict_has_a_letter_of_its_own():
    assert set(LETTERS) == set(Verdict) and len(set(LETTERS.values())) == len(LETTERS)


def test_a_page_is_the_same_each_time():
    results = [known("icebp@user64"), result()]
    assert page([], results) == page([], results)
    assert re.search(r'<html lang="en">', page([], results))
