# SPDX-License-Identifier: BSD-2-Clause
"""What the page of a case tells: what it asks, its instructions, what is required and why, and who gets it wrong."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.blessing.foundations import foundations
from harness.catalogue.files import files_of
from harness.catalogue.image import Image
from harness.catalogue.log_file import read_shared
from harness.catalogue.required import FIXED, SCRIPTED, RequiredLogs
from harness.judging.bugs import Bug
from harness.judging.result import Result, Verdict, gravest
from harness.report.about_case import showing_in, versions
from harness.report.page_answer import fragment
from harness.system.places import ROOT


@dataclass(frozen=True)
class Text:
    """A file of the case's: its place, and what it says; of the guest's required log, why, and the blocks."""

    place: str
    text: str
    blocks: list[str]


@dataclass(frozen=True)
class PageAnswer:
    """What a platform makes of the case in one mode: the worst of its debugger modes."""

    verdict: Verdict
    words: str
    address: str  # a fragment of the matrix's page


@dataclass(frozen=True)
class QuestionPage:
    name: str
    family: str
    asks: str
    modes: list[str]
    code: Text | None
    required: list[Text]  # the guest's logs
    others: list[Text]  # of gdb's part, and rules that compute a log
    foundations: str
    bugs: list[tuple[str, list[tuple[Bug, str]]]]  # those that show, with versions in brackets, by accelerator
    platforms: list[str]
    answers: list[tuple[str, list[PageAnswer | None]]]  # by mode, one for each platform


def question_page(
    about: dict[str, Any],
    cases: list[tuple[Image, str]],
    bugs: list[Bug],
    required: RequiredLogs,
    results: list[Result],
) -> QuestionPage:
    """The page's matter: of one case in its modes, as questions() has it; the bugs that may show in it; its results."""
    name = about["name"]
    logs = [path for path in files_of(name) if path.suffix == FIXED and not path.name.endswith(SCRIPTED)]
    blocks = {_place(path): ["\n".join(block.text()) for block in read_shared(path)] for path in logs}
    texts = [Text(place, text, blocks.get(place, [])) for place, text in about["files"]]
    platforms = list(dict.fromkeys(result.platform for result in results))
    modes = [case.partition("@")[2] for _, case in cases]
    return QuestionPage(
        name,
        about["family"],
        about["asks"],
        modes,
        next((text for text in texts if text.place.endswith(".c")), None),
        [text for text in texts if text.place in blocks],
        [text for text in texts if text.place not in blocks and not text.place.endswith(".c")],
        foundations(logs, {case for _, case in cases}).of_one_case(),
        [
            (accel, [(bug, versions(bug, accel)) for bug in those])
            for accel, those in showing_in(cases, bugs, required).items()
        ],
        platforms,
        [(mode, [_answer(results, platform, mode) for platform in platforms]) for mode in modes] if platforms else [],
    )


def _place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _answer(results: list[Result], platform: str, mode: str) -> PageAnswer | None:
    mine = [result for result in results if (result.platform, result.mode) == (platform, mode)]
    if not mine:
        return None
    worst = gravest(mine)
    words = ", ".join(filter(None, [worst.verdict.value, worst.judgement.bug]))
    return PageAnswer(worst.verdict, words, fragment(worst))
