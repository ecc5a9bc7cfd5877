# SPDX-License-Identifier: BSD-2-Clause
"""What a run looks like on a terminal: in its width, with and without colours, while it runs and when it is stopped."""

import io
import re
import signal
import sys
import time

import pexpect
import pytest

from harness.report import progress, terminal
from harness.runs.estimate import in_words
from harness.system.errors import Stopped
from harness.system.places import PAGE, ROOT
from harness.tests.command import hear_interrupts, left_behind, qemu_for

pytestmark = pytest.mark.slow

SEQUENCE = re.compile(r"\x1b\[[0-9;?]*([a-zA-Z])|\x1b\]8;.*?\x1b\\")
LINKED = re.compile(r"\x1b\]8;[^;]*;(file://\S*?)\x1b\\")
HIDE_CURSOR, SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"
WIDTHS = [80, 120, 200]
KNOWN = "dbreak_tf,tf_lss"  # known bugs whose titles are long, in QEMU up to 11.1


def run(private, *arguments, width=80, **variables) -> pexpect.spawn:
    environment = {name: value for name, value in private.items() if name not in ("NO_COLOR", "COLUMNS", "LINES")}
    return pexpect.spawn(
        sys.executable,
        ["-m", "harness", "run", "--accel=tcg", *arguments],
        cwd=str(ROOT),
        env=environment | {"TERM": "xterm-256color"} | variables,
        dimensions=(24, width),
        encoding="utf-8",
        timeout=60,
        preexec_fn=hear_interrupts,
    )


def shown(text: str) -> list[str]:
    """All lines that were on the terminal at some time, without sequences."""
    return [SEQUENCE.sub("", line).rstrip() for line in re.split("[\r\n]+", text)]


def of_progress(lines: list[str]) -> list[str]:
    return [line for line in lines if re.match(r"\d+ of \d+ done, about ", line)]


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_terminal(private, width):
    child = run(private, f"--case={KNOWN}", "--debugger=detached", width=width)
    child.expect(pexpect.EOF)
    lines = shown(child.before)
    progress = of_progress(lines)
    assert len(set(progress)) > 1 and all(len(line) <= width for line in progress)
    known = [line for line in lines if line.startswith("  tcg-")]
    assert known and all(len(line) <= width for line in known)
    assert any("…" in line for line in known) == (width < 200)
    assert child.before.count(HIDE_CURSOR) == child.before.count(SHOW_CURSOR) > 0
    child.close()
    assert child.exitstatus == 0


def test_the_progress_line_is_gone_when_results_are_told(private):
    child = run(private, "--case=int3@kernel64", "--debugger=detached")
    child.expect(pexpect.EOF)
    _, _, told = child.before.rpartition(SHOW_CURSOR)
    lines = shown(told)
    assert not of_progress(lines) and any(line.startswith("int3@kernel64 ") for line in lines)


def colours(text: str) -> bool:
    """Whether a sequence sets a colour: SGR with 30 to 37, 90 to 97 or 38."""
    return bool(re.search(r"\x1b\[(?:\d+;)*(?:3[0-8]|9[0-7])(?:;\d+)*m", text))


@pytest.mark.parametrize("variables, coloured", [({}, True), ({"NO_COLOR": "1"}, False)], ids=["colours", "NO_COLOR"])
def test_colours_and_links(private, variables, coloured):
    child = run(private, "--case=int3@kernel64", "--debugger=detached", **variables)
    child.expect(pexpect.EOF)
    assert colours(child.before) == coloured
    assert LINKED.findall(child.before) == ([PAGE.as_uri()] if coloured else [])


@pytest.mark.parametrize(
    "variables, linked", [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)], ids=str
)
def test_no_link_where_there_is_no_colour(monkeypatch, tmp_path, variables, linked):
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in ({"TERM": "xterm"} | variables).items():
        monkeypatch.setenv(name, value)
    out = io.StringIO()
    console = terminal.Console(file=out, force_terminal=True)
    console.print(terminal.link(console, tmp_path / "a b", "there"))
    assert LINKED.findall(out.getvalue()) == ([f"{tmp_path.as_uri()}/a%20b"] if linked else [])
    assert "there" in out.getvalue() and "\x1b]" not in LINKED.sub("", out.getvalue()).replace("\x1b]8;;", "")


@pytest.mark.parametrize("width, stage", [(80, "probing"), (80, "running"), (200, "running")])
def test_control_c(private, tmp_path, width, stage):
    file = tmp_path / "results.json"
    qemu = qemu_for(2, tmp_path)
    knobs = ["--case=int3", "--debugger=attached,hbreak", "--jobs=2", "--timeout-multiplier=10", f"--qemu={qemu}"]
    child = run(private, *knobs, f"--json={file}", width=width)
    child.expect({"probing": r"QEMU \d", "running": r"[1-9]\d* of \d+ done"}[stage])
    child.sendintr()
    child.expect(pexpect.EOF)
    output = child.before
    child.close()
    assert child.exitstatus == 130, output
    assert "stopped by SIGINT: " in output or "trapline: stopped" in output
    if stage != "probing":
        assert "results are missing: tcg: " in output and file.read_text().startswith("[")
    assert "Traceback" not in output
    assert SHOW_CURSOR in output or HIDE_CURSOR not in output


@pytest.mark.parametrize("moment", ["start", "stop"])
def test_a_signal_at_any_moment_leaves_a_cursor(capsys, monkeypatch, moment):
    def interrupted(bar):
        whole(bar)
        bar.console.show_cursor(False)
        raise Stopped(signal.SIGINT)

    monkeypatch.setattr(terminal.Console, "is_terminal", True)
    monkeypatch.setenv("TERM", "xterm")
    whole = getattr(progress.Progress, moment)
    monkeypatch.setattr(progress.Progress, moment, interrupted)
    with pytest.raises(Stopped):
        with progress.Meter(10, 1.0):
            pass
    said = capsys.readouterr().err
    assert said.rindex(SHOW_CURSOR) > said.rindex(HIDE_CURSOR)


def test_a_dumb_terminal_gets_plain_lines(capsys, monkeypatch):
    monkeypatch.setattr(terminal.Console, "is_terminal", True)
    monkeypatch.setattr(progress, "FIRST", 0.0)
    monkeypatch.setenv("TERM", "dumb")
    with progress.Meter(10, 1.0) as meter:
        meter.begun("tcg step int3@kernel64")
    assert capsys.readouterr().err == "1 of 10 done, about a second left: tcg step int3@kernel64\n"


def test_without_a_terminal_progress_is_plain_lines_that_grow_rarer(capsys, monkeypatch):
    monkeypatch.setattr(progress, "FIRST", 0.2)
    with progress.Meter(1000, 1.0) as meter:
        until = time.monotonic() + 1.5
        while time.monotonic() < until:
            meter.begun("tcg step int3@kernel64")
            time.sleep(0.01)
    lines = capsys.readouterr().err.splitlines()
    assert 1 <= len(lines) <= 3  # after 0.2, 0.6 and 1.4 seconds at the earliest
    assert all(re.fullmatch(r"\d+ of 1000 done, about .* left: tcg step int3@kernel64", line) for line in lines)


@pytest.mark.parametrize(
    "seconds, words",
    [(0, "a second"), (7.2, "7 s"), (58, "60 s"), (119, "2 min"), (1000, "15 min"), (7200, "2 h")],
)
def test_durations_are_as_exact_as_an_estimate(seconds, words):
    assert in_words(seconds) == words


def test_control_c_below_make(private, tmp_path):
    environment = {name: value for name, value in private.items() if not name.startswith(("MAKE", "MFLAGS"))}
    command = ["run", "ACCEL=tcg", "CASE=int3", "DEBUGGER=attached,hbreak", "JOBS=2", "TIMEOUT_MULTIPLIER=10"]
    command.append(f"QEMU={qemu_for(2, tmp_path)}")
    environment |= {"TERM": "xterm"}
    child = pexpect.spawn(
        "make", command, cwd=str(ROOT), env=environment, encoding="utf-8", timeout=60, preexec_fn=hear_interrupts
    )
    child.expect(r"[1-9]\d* of \d+ done")
    child.sendintr()
    child.expect(r"stopped by SIGINT: \d+ of \d+ results are missing: tcg: [a-z, ]+")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus or child.signalstatus
    assert left_behind(private) == []
