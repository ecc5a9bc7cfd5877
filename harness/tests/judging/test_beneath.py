# SPDX-License-Identifier: BSD-2-Clause
"""What an emulated CPU has wrong is known in what runs on it, seen exactly as it is there."""

import pytest

from harness.catalogue.log import Block
from harness.catalogue.required import RequiredLogs
from harness.judging.beneath import with_those_of_the_cpu
from harness.judging.bugs import read_bug
from harness.judging.explain import explained
from harness.judging.judge import Evidence, judge
from harness.judging.result import Judgement, Result, Verdict

OF_THE_CPU = """
title = "no BS"
reports = []
case = "step"
[[seen]]
accel = "tcg"
qemu = ">=10.0"
debugger = "detached"
basis = "observed"
rewrite = [["#DB dr6.BS=1", "#DB dr6.BS=0"]]
"""
OF_XEN = """
title = "RF"
reports = []
case = "step"
[[seen]]
accel = "xen"
basis = "observed"
rewrite = [["#DB flags.RF=0", "#DB flags.RF=1"]]
"""
LINE = "#DB cpu=0 rip=end dr6={} dr7=00000400 flags={} cs=kernel stack=0"
REQUIRED = LINE.format("ffff4ff0", "-")
XEN, CPU = {"accel": "xen", "xen": "4.20.5", "qemu": "11.1.3"}, {"accel": "tcg", "qemu": "11.1.3"}


@pytest.fixture
def bugs(tmp_path):
    found = []
    for name, text in (("cpu", OF_THE_CPU), ("xen", OF_XEN)):
        (tmp_path / f"{name}.toml").write_text(text)
        found.append(read_bug(tmp_path / f"{name}.toml"))
    return found


@pytest.mark.parametrize(
    "line, of_the_cpu, verdict, names",
    [
        pytest.param(REQUIRED, CPU, Verdict.FIXED, "xen", id="only the platform's own can be fixed"),
        pytest.param(LINE.format("ffff0ff0", "-"), CPU, Verdict.KNOWN, "cpu", id="as the CPU"),
        pytest.param(LINE.format("ffff0ff0", "RF"), CPU, Verdict.KNOWN, "cpu, xen", id="together"),
        pytest.param(LINE.format("ffff4ff1", "-"), CPU, Verdict.DIFFERS, "", id="something else"),
        pytest.param(
            LINE.format("ffff0ff0", "-"), CPU | {"qemu": "7.2.22"}, Verdict.DIFFERS, "", id="not in that version"
        ),
    ],
)
def test_what_explains_a_result(bugs, line, of_the_cpu, verdict, names):
    plain = Judgement(Verdict.PASS if line == REQUIRED else Verdict.DIFFERS)
    result = Result("step@kernel64", "xen", "detached", plain, seen=[line], required=[REQUIRED], complete=True)
    judgement = explained(result, XEN, with_those_of_the_cpu(bugs, of_the_cpu, result))
    assert (judgement.verdict, judgement.bug) == (verdict, names)


@pytest.mark.parametrize("of_the_cpu", [True, False])
def test_what_the_cpu_has_wrong_proves_no_prediction(bugs, of_the_cpu, tmp_path):
    """What runs on it is as predicted for that, and would be so whatever it did itself."""
    (tmp_path / "predicted.toml").write_text(OF_THE_CPU.replace('"tcg"', '"xen"').replace("observed", "source"))
    bugs.append(read_bug(tmp_path / "predicted.toml"))
    case = "step@kernel64"
    block = Block(case, [LINE.format("ffff0ff0", "-")], complete=True)
    plain = Result(case, "xen", "detached", Judgement(Verdict.DIFFERS), seen=block.lines, required=[REQUIRED])
    those = with_those_of_the_cpu(bugs, CPU, plain) if of_the_cpu else bugs
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "step.log").write_text(f"begin {case}\n{REQUIRED}\nend step\n")
    result = judge(case, "xen", "detached", XEN, Evidence(block), RequiredLogs(tmp_path / "cases"), those)
    assert result.verdict is (Verdict.KNOWN if of_the_cpu else Verdict.DIFFERS)
    assert [" predicts from source" in words for words in result.judgement.remarks] == [True] * (not of_the_cpu)
