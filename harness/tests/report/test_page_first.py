# SPDX-License-Identifier: BSD-2-Clause
"""What a page says before all else: what an earlier run makes of this one, or what bugs/ is worth."""

from dataclasses import replace

from harness.judging.result import Judgement, Named, Result, Verdict
from harness.report.html import page
from harness.report.page_answer import fragment
from harness.report.page_baseline import against
from harness.report.page_held import Held, HeldRow
from harness.runs.diff import diff
from harness.tests.report.kept import NASTY
from harness.tests.report.test_page import Tags


def result(case: str, ending=Verdict.PASS, platform="tcg") -> Result:
    return Result(f"{case}@kernel64", platform, "detached", Judgement(ending))


BEFORE = [result("int3"), result("icebp", Verdict.CRASH), result("into"), result("gd"), result("bound")]
AFTER = [result("int3", Verdict.HANG), result("icebp"), result("int_n"), result("gd"), result("bound")]


def test_what_is_worse_new_and_better_than_in_the_baseline_stands_first():
    tags = Tags(page([], AFTER, first=against("old.json", diff(BEFORE, AFTER))))
    text = " ".join(tags.text.split())
    told = "Against old.json: 1 worse, 1 better, 1 appeared (1 pass), 1 vanished (1 pass), 2 the same (2 pass)."
    assert told in text
    places = [
        text.index(words) for words in (told, " worse int3", " new int_n", " better icebp", " gone into", "Red: 1")
    ]
    assert places == sorted(places)
    assert f"#{fragment(AFTER[0])}" in tags.attributes["href"][:1]
    assert {"answer red"} == {each for each in tags.attributes["class"] if each.startswith("answer")}


def test_a_run_that_is_no_worse_is_green_against_its_baseline_whatever_is_wrong():
    wrong = [result("int3", Verdict.HANG)]
    tags = Tags(page([], wrong, first=against("old.json", diff(wrong, wrong))))
    classes = [each for each in tags.attributes["class"] if each.startswith("answer")]
    assert classes == ["answer right", "answer red"]
    assert "Against old.json: nothing worse, 1 the same (1 hang)." in tags.text


def test_what_got_worse_in_many_places_is_told_in_a_few_lines():
    names = [f"case{number}" for number in range(100)]
    found = diff([result(name) for name in names], [result(name, Verdict.HANG) for name in names])
    (course,) = against("old.json", found).courses
    assert (course[0], len(course[1]), course[2]) == ("worse", 20, 80)


def test_a_page_without_a_baseline_says_nothing_of_one():
    assert "Against" not in Tags(page([], AFTER)).text


def test_text_stays_text_there_too():
    odd = Judgement(Verdict.CRASH, NASTY, (NASTY,), (Named(NASTY, NASTY),))
    after = [replace(result("int3", platform=NASTY), judgement=odd)]
    held = Held([NASTY], [HeldRow(NASTY, NASTY, [(NASTY, "red")])], 1, [NASTY])
    for first in (against(NASTY, diff([result("int3", platform=NASTY)], after)), held):
        tags = Tags(page([], after, first=first))
        assert "<script>alert(1)" in tags.text and len(tags.inside["script"]) == 2


def test_what_the_files_of_bugs_are_worth_stands_first():
    row = HeldRow("tcg-int1-ud", "TCG raises #UD on INT1", [("present", "known"), ("NEW", "red")])
    held = Held(["tcg 7.2.22", "tcg 11.1.3"], [row], 1, ["tcg-int1-ud on tcg 11.1.3: NEW: icebp@kernel64"])
    text = " ".join(Tags(page([], AFTER[1:], first=held)).text.split())
    assert "Red: in 1 place the files of bugs/ are not right. bug tcg 7.2.22" in text.replace("bugtcg", "bug tcg")
    assert text.index("tcg-int1-ud on tcg 11.1.3: NEW") < text.index("Green: all 4 results are right")
    assert "Green: the files of bugs/ are right" in Tags(page([], AFTER, first=replace(held, wrong=0))).text
