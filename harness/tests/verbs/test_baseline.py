# SPDX-License-Identifier: BSD-2-Clause
"""A run that an earlier one decides: red is what got worse, not what is wrong."""

import json
from pathlib import Path

import pytest

from harness.catalogue.required import RequiredLogs
from harness.system.errors import WrongQuestion
from harness.system.places import CASES
from harness.tests.aim import make_settings
from harness.tests.command import harness
from harness.tests.guest_log import log_of
from harness.verbs.run import run

RIGHT, WRONG = "int3@kernel32", "icebp@kernel32"


@pytest.fixture
def wrong_in_one(private, tmp_path) -> list[str]:
    """The options for a hypervisor whose guest says of two cases what is required, but for one word of one."""
    required = {case: RequiredLogs(CASES).lines(case, "AuthenticAMD") for case in (WRONG, RIGHT)}
    log = log_of({case: [line.replace("#DB", "#UD") for line in lines] for case, lines in required.items()})
    (tmp_path / "log").write_text("\n".join([*log, ""]))
    (tmp_path / "boot").write_text(f"#!/bin/sh\ncat '{tmp_path}/log' >$1\n")
    (tmp_path / "boot").chmod(0o755)
    (tmp_path / "mine.toml").write_text("name = 'mine'\ncommand = ['./boot', '{serial}', '{image}']\n")
    knobs = {"platform": tmp_path / "mine.toml", "case": f"{RIGHT},{WRONG}", "debugger": "detached", "table": "none"}
    return [f"--{name}={value}" for name, value in knobs.items()]


def earlier(folder: Path, verdicts: dict[str, str]) -> str:
    rows = [
        {"case": name, "mode": mode, "platform": "other", "debugger": "detached", "verdict": verdict}
        | {"reason": "", "bug": "", "seconds": 0.1, "run": ""}
        for (name, _, mode), verdict in ((case.partition("@"), verdict) for case, verdict in verdicts.items())
    ]
    (folder / "baseline.json").write_text(json.dumps(rows))
    return f"--baseline={folder / 'baseline.json'}"


@pytest.mark.slow
@pytest.mark.parametrize(
    "verdicts, status, words",
    [
        ({RIGHT: "pass", WRONG: "hang"}, 0, "nothing worse, 1 changed, 1 the same (1 pass)"),
        ({RIGHT: "pass", WRONG: "known"}, 1, "1 worse, 1 the same (1 pass)"),
        ({"tf_step@vm86": "pass"}, 1, "; there is nothing that can be compared"),
    ],
    ids=["wrong before", "worse", "nothing in common"],
)
def test_what_got_worse_decides(private, wrong_in_one, tmp_path, verdicts, status, words):
    done = harness(private, "run", *wrong_in_one, earlier(tmp_path, verdicts))
    assert (done.returncode, done.stderr) == (status, "")
    assert "mine: red: 1 of 2: 1 pass, 1 differs" in done.stdout
    assert f"{tmp_path / 'baseline.json'}: has nothing about mine, which is held against its other\n" in done.stdout
    *_, before, last = done.stdout.splitlines()
    assert last.startswith(f"against {tmp_path / 'baseline.json'}: ") and last.endswith(words)
    got_worse = f"worse: {WRONG} on mine detached: known, now differs: "
    assert before.startswith(got_worse) == (verdicts.get(WRONG) == "known")


@pytest.mark.parametrize(
    "name, words", [("none.json", "none.json: No such file"), ("same.json", "are one file: name two")]
)
def test_a_baseline_that_is_none_is_a_wrong_question_before_anything_boots(tmp_path, capsys, name, words):
    (tmp_path / "same.json").write_text("[]")
    settings = make_settings(accel="tcg", json=str(tmp_path / "same.json"))
    with pytest.raises(WrongQuestion, match=words):
        run(settings, str(tmp_path / name))
    assert capsys.readouterr().out == ""
