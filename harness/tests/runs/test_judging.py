# SPDX-License-Identifier: BSD-2-Clause
"""A log alone is judged as its run was, however the machine ended."""


import pytest

from harness.catalogue.image import read_images, select
from harness.catalogue.log import ENDINGS, Ending, read_ending, read_log
from harness.catalogue.required import RequiredLogs
from harness.judging.judge import Evidence, judge
from harness.judging.result import Result, Verdict
from harness.platform import Platform, find_platforms
from harness.runs import captured, record
from harness.runs.runner import Group, Runner
from harness.settings import Settings
from harness.system.places import CASES
from harness.tests.guest_log import log_of
from harness.tests.known_bugs import BUGS
from harness.verbs.judge import judge_log

REQUIRED = RequiredLogs(CASES)

# One that resets the machine, some that others crash or hang in, that known bugs show in, that answers are computed of,
# and that pass.
BOOTED = "triple_fault,dr_each_cpu_code,ibreak_int3,dr6_sticky,init_armed,*_msrs,int3"

PLAN = "trapline 1 mode=kernel32 cpus=2 cases=2\ncpu vendor=GenuineIntel\n"
BEGUN = f"{PLAN}begin triple_fault@kernel32\n"


def verdicts(results: list[Result]) -> dict[str, tuple[Verdict, str]]:
    return {result.case: (result.verdict, result.judgement.bug) for result in results}


def judged(text: str) -> dict[str, tuple[Verdict, str]]:
    return verdicts(judge_log(text, "log", REQUIRED, []))


def assert_judged_alike(platform: Platform, settings: Settings, mode: str = "") -> None:
    for image in select(read_images(), BOOTED, mode):
        results = Runner(settings.jobs, settings.deadlines).run(Group(platform, "detached", image))
        assert len(results) == len(image.cases)
        for run in {result.run for result in results}:
            source = run / "serial.log"
            text = captured.text_of(source.read_bytes())
            alone = judge_log(text, str(source), REQUIRED, BUGS, captured.circumstances(str(source)))
            judgements = {result.case: result.judgement for result in alone}
            assert judgements == {result.case: result.judgement for result in results if result.run == run}


@pytest.mark.slow
def test_logs_of_tcg(settings):
    """Some of its versions crash, and one case resets the machine."""
    (platform,) = find_platforms(settings.target, "tcg")
    assert_judged_alike(platform, settings)


@pytest.mark.slow
def test_logs_of_bochs(settings, bochs):
    assert_judged_alike(bochs, settings, "kernel64")  # it takes seconds to boot


@pytest.mark.parametrize("image", read_images(), ids=lambda image: image.name)
def test_what_is_required_of_each_case_passes_in_a_log(image):
    """No line of a required log is taken for what a terminal or the log itself has around it."""
    required = {case: REQUIRED.lines(case, "GenuineIntel") for case in image.cases if not REQUIRED.rules(case)}
    blocks = {case: lines for case, lines in required.items() if lines != ["reset"]}
    text = "\n".join(log_of(blocks, "vendor=GenuineIntel"))
    results = judge_log(captured.text_of(text.encode()), "log", REQUIRED, [])
    assert [result.case for result in results if result.verdict is not Verdict.PASS] == []


def test_without_its_ending_a_log_is_cut():
    assert judged(BEGUN)["triple_fault@kernel32"] == (Verdict.CUT, "")
    assert judged(f"{BEGUN}ended reset triple_fault@kernel32: it was reset\n") == {
        "triple_fault@kernel32": (Verdict.PASS, "")
    }


@pytest.mark.parametrize("verdict", ENDINGS)
@pytest.mark.parametrize("case", ["int3@kernel32", ""])
@pytest.mark.parametrize("text", ["", BEGUN, f"{BEGUN}#DB cpu=0 ri"])
def test_an_ending_is_read_as_it_was_added(tmp_path, verdict, case, text):
    ending = Ending(verdict, "of this: or that", case, ("vCPU 0 is at here", "it: is hot"))
    (tmp_path / "serial.log").write_text(text)
    record.write_ending(tmp_path, ending)
    whole = (tmp_path / "serial.log").read_text()
    assert (
        whole.startswith(text)
        and whole.endswith("\n")
        and whole.count("\n") == text.count("\n") + 3 + bool(text.rpartition("\n")[2])
    )
    assert read_log(whole).ending == (ending if text else None)
    assert [block.lines for block in read_log(whole).blocks] == [block.lines for block in read_log(text).blocks]


@pytest.mark.parametrize("line", ["ended", "ended well: so it seems", "ended pass a@b: no", "end int3@kernel32"])
def test_what_is_no_ending(line):
    assert read_ending(line) is None


def test_the_ending_of_a_case_that_was_not_reached():
    assert judged(PLAN + "\n".join(Ending("crash", "it died", "int3@kernel32").lines())) == {
        "int3@kernel32": (Verdict.CRASH, "")
    }
    assert judged(PLAN + "\n".join(Ending("hang", "silence").lines())) == {"(the rest)": (Verdict.HANG, "")}


def test_what_nobody_asked_is_no_pass():
    (block,) = read_log("\n".join(log_of({"int3@kernel32": []}))).blocks
    block.lines = REQUIRED.lines("int3@kernel32", "GenuineIntel")
    facts = {"vendor": "GenuineIntel"}
    for evidence, verdict in (
        (Evidence(block), Verdict.PASS),
        (Evidence(block, prevented="gdb is not there"), Verdict.UNUSABLE),
        (Evidence(block, ["stop elsewhere"]), Verdict.DIFFERS),
        (Evidence(block, ending=Ending("crash", "it died")), Verdict.CRASH),
        (Evidence(None), Verdict.CUT),
    ):
        assert judge("int3@kernel32", "x", "attached", facts, evidence, REQUIRED, []).verdict is verdict


@pytest.mark.parametrize("ending", ["hang", "reset"])
def test_the_last_exception_of_the_case_that_ran_is_a_circumstance(ending):
    """What was logged in a case that is over, as with a machine that stops after it, is none."""
    text = f"{PLAN}begin int3@kernel32\n#GP cpu=0 rip=a\n#DB cpu=0 rip=b\n"
    ended = "\n".join(Ending(ending, "it was so", "int3@kernel32", ("vCPU 0 is here",)).lines())
    (result,) = judge_log(text + ended, "log", REQUIRED, [])
    assert result.reason == "it was so; after #DB cpu=0 rip=b; vCPU 0 is here"
    (result,) = judge_log(f"{text}end int3@kernel32\n{ended}", "log", REQUIRED, [])
    assert result.reason == "it was so; vCPU 0 is here"
