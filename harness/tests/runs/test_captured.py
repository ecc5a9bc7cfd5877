# SPDX-License-Identifier: BSD-2-Clause
"""Logs from elsewhere: what terminals add, what stands around them, serial devices, noise."""

import json
import os
import random
import subprocess
import sys
import threading

import pytest

from harness.catalogue.required import RequiredLogs
from harness.runs import captured
from harness.system.errors import WrongQuestion
from harness.system.places import CASES, ROOT
from harness.tests.faults import fault
from harness.tests.table import row

RUN = """\
trapline 1 mode=kernel64 cpus=2 cases=2
cpu vendor=GenuineIntel family=6 model=37 stepping=2
begin int3@kernel64
#BP cpu=0 rip=after dr6=ffff0ff0 dr7=00000400 flags=- cs=kernel stack=0
end int3@kernel64
begin icebp@kernel64
#DB cpu=0 rip=after dr6=ffff0ff0 dr7=00000400 flags=- cs=kernel stack=0
end icebp@kernel64
bye cases=2 traps=2
"""
LINES = RUN.splitlines()


def runs(data: bytes | str):
    return captured.find_runs(captured.text_of(data if isinstance(data, bytes) else data.encode("ascii")))


@pytest.mark.parametrize(
    "data",
    [
        RUN,
        RUN.replace("\n", "\r\n"),
        RUN.replace("\n", "\r\r\n"),
        RUN.replace("\n", "\n\r"),
        RUN.replace("\n", "\r"),
        RUN.replace("\n", "\x1b[K\x1b[0m\r\n"),
        RUN.replace("begin", "\x1b[1;31mbegin\x1b[m"),
        "\x1b]0;minicom\x07\x1bc\x1b(B\x1b[2J\x1b[1;1H" + RUN,
        RUN.replace("#DB", "\x00#\x11D\x13B"),
        "SeaBIOS (version 1.16)\nGRUB loading." + RUN,
        RUN + "\r\nGRUB loading.\x1b[H\x07\r\n$ exit\n",
        "".join(f"[{5 * number:8}.{number:03}] {line}\n" for number, line in enumerate(LINES)),
        "".join(f"2026-11-20T18:41:{number:02} {line}\r\n" for number, line in enumerate(LINES)),
    ],
    ids=range(13),
)
def test_what_was_added_is_stripped(data):
    (log,) = runs(data)
    assert log.whole and log.cpu["model"] == "37"
    assert [block.lines for block in log.blocks] == [LINES[3:4], LINES[6:7]]


def test_a_machine_that_starts_again_begins_another_run():
    cut, whole = runs("\n".join(LINES[:4]) + "\nSeaBIOS\n" + RUN)
    assert not cut.whole and cut.open_block.case == "int3@kernel64"
    assert whole.whole


def test_a_word_of_the_plan_in_a_block_s_line_is_none():
    assert len(runs(RUN.replace("flags=-", "trapline 1"))) == 1


@fault("file", "a captured log with random bytes", "printable text, and no exception")
@pytest.mark.parametrize("seed", range(20))
def test_noise_is_never_anything_but_text(seed):
    dice = random.Random(seed)
    data = bytearray(RUN.encode() * 5)
    for _ in range(dice.randrange(1, 60)):
        data[dice.randrange(len(data))] = dice.randrange(256)
    place = dice.randrange(len(data))
    data[place:place] = dice.randbytes(2000)
    del data[dice.randrange(len(data)) :][: dice.randrange(100)]
    text = captured.text_of(bytes(data))
    assert all(line.isprintable() and line.isascii() for line in text.split("\n"))
    captured.find_runs(text)


@fault("file", "megabytes of noise around a log: {id}", "the log is whole")
@pytest.mark.parametrize(
    "noise",
    [random.Random(1).randbytes(1 << 20), b"1 " * (1 << 19), b"\n" * (1 << 20), b"\x1b]0;" * (1 << 18)],
    ids=["bytes", "numbers in a line", "no lines", "escapes"],
)
@pytest.mark.slow
def test_much_noise_takes_no_long(noise):
    assert all(log.whole for log in runs(noise + RUN.encode() + noise + b"\n" + RUN.encode()))


@fault("file", "megabytes of noise within a case: {id}", "exit status 1, and less than 100 kB on the terminal")
@pytest.mark.parametrize(
    "noise",
    [
        lambda: "".join(f"#BP {number}\n" for number in range(1 << 20)),
        lambda: "a=1 " * (2 << 20) + "\n",
        lambda: "trapline 1 mode=kernel64 cpus=2 cases=1\n" * (1 << 17),
    ],
    ids=["lines", "a line", "runs"],
)
@pytest.mark.slow
def test_much_noise_in_a_case_is_red_and_not_shown(tmp_path, noise):
    log = tmp_path / "log"
    log.write_text(RUN.replace("#BP", noise() + "#BP"))
    done = judge(log)
    assert done.returncode == 1 and len(done.stdout) < 100_000
    assert "int3@kernel64" in done.stdout


@fault("file", "a log of no case", "exit status 1: the guest ran no case")
def test_a_log_without_cases_is_not_green(tmp_path):
    log = tmp_path / "log"
    log.write_text("trapline 1 mode=kernel64 cpus=2 cases=0\nbye cases=0 traps=0\n")
    done = judge(log)
    assert done.returncode == 1 and "the guest ran no case" in done.stdout


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="there are no terminal devices here")
def test_a_serial_device_is_heard_until_bye_and_kept(tmp_path):
    master, slave = os.openpty()
    pytest.importorskip("tty").setraw(slave)  # what comes before read() has opened it is not to be changed either
    sent = b"SeaBIOS\r\n" + RUN.replace("\n", "\r\n").encode()
    pieces = [sent[start : start + 50] for start in range(0, len(sent), 50)]

    def send():
        for piece in pieces:
            os.write(master, piece)

    sender = threading.Thread(target=send)
    sender.start()
    heard = []
    data = captured.read(os.ttyname(slave), tmp_path / "kept", heard.append)
    sender.join()
    assert data == sent and runs(data)[0].whole
    assert [path.read_bytes() for path in (tmp_path / "kept").iterdir()] == [sent]
    assert "begin icebp@kernel64" in heard and heard[-1].startswith("bye")
    os.close(master)
    os.close(slave)


@fault("machine", "a serial device that is unplugged", "what it has said by then")
@pytest.mark.skipif(not hasattr(os, "openpty"), reason="there are no terminal devices here")
def test_a_serial_device_that_goes_away_leaves_what_it_has_said(tmp_path):
    master, slave = os.openpty()
    os.write(master, RUN[:100].encode())
    threading.Timer(0.5, os.close, [master]).start()
    assert captured.read(os.ttyname(slave), tmp_path, lambda line: None) == RUN[:100].encode()
    os.close(slave)


def test_what_cannot_be_read_is_a_wrong_question(tmp_path):
    with pytest.raises(WrongQuestion, match=r"\\x1b\[2J: No such file"):
        captured.read(f"{tmp_path}/\x1b[2J", tmp_path, lambda line: None)


def judge(*paths) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "harness", "judge", *map(str, paths)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)


def judged(*logs: bytes, tmp_path) -> subprocess.CompletedProcess:
    paths = []
    for number, data in enumerate(logs):
        paths.append(tmp_path / f"log{number}\x1b[31m")
        paths[-1].write_bytes(data)
    return judge(*paths)


def test_each_machine_is_a_column(tmp_path):
    other = RUN.replace("model=37 stepping=2", "model=60 stepping=3 hypervisor=KVMKVMKVM").encode()
    done = judged(RUN.encode(), other, tmp_path=tmp_path)
    head = done.stdout.splitlines()[0]
    assert "GenuineIntel 6.37.2" in head and "GenuineIntel 6.60.3 below KVMKVMKVM" in head
    assert all(row(done.stdout, case).count("pass") == 2 for case in ("icebp@kernel64", "int3@kernel64"))
    assert done.returncode == 0


@fault("file", "a log whose words control a terminal", "exit status 1: [[rip=after\\x08\\x9b31m]]")
def test_nothing_of_a_log_controls_the_terminal(tmp_path):
    evil = RUN.replace("rip=after", "rip=\x1b[2Jafter\x08\x9b31m", 1).replace("stepping=2", "stepping=\x1b]0;x")
    done = judged(evil.encode("latin-1"), tmp_path=tmp_path)
    assert done.returncode == 1
    assert all(line.isprintable() for line in done.stdout.split("\n") + done.stderr.split("\n"))
    assert "[[rip=after\\x08\\x9b31m]]" in done.stdout


def test_a_run_that_is_repeated_is_a_column_of_its_own(tmp_path):
    done = judged((RUN + RUN).encode(), tmp_path=tmp_path)
    assert "(run 2)" in done.stdout.splitlines()[0]


def test_a_log_in_its_runs_folder_is_judged_by_what_is_known_of_the_run(tmp_path):
    """As it comes from a Windows PC: what is seen is exactly a prediction, which is told, and not counted."""
    case = "tf_in_out@kernel64"
    lines = RequiredLogs(CASES).lines(case, "GenuineIntel")
    lost = ("rip=out_imm", "rip=load", "rip=out_dx", "rip=after")
    seen = [line for line in lines if not any(f"{words} " in line for words in lost)]
    assert len(seen) == len(lines) - len(lost)
    log = ["trapline 1 mode=kernel64 cpus=2 cases=1", "cpu vendor=GenuineIntel family=6 model=60 stepping=3"]
    log += [f"begin {case}", *seen, f"end {case}", "bye cases=1 traps=2", ""]
    (tmp_path / "serial.log").write_text("\n".join(log))
    done = judge(tmp_path / "serial.log")
    assert "predicts" not in done.stdout
    facts = {"accel": "whpx", "qemu": "11.0.0", "windows": "10.0.26100"}
    (tmp_path / "platform.json").write_text(json.dumps({"facts": facts}))
    (tmp_path / "verdict.json").write_text(json.dumps([{"debugger": "detached"}]))
    done = judge(tmp_path / "serial.log")
    assert done.returncode == 1
    assert (
        'tf_in_out: exactly what bugs/whpx-io-tf.toml predicts from source: its basis can be "observed"' in done.stdout
    )
    assert "1 differs" in done.stdout and "known" not in done.stdout


@fault("file", "a platform.json beside a log that is none", "the log alone is judged")
@pytest.mark.parametrize("text", ["", "[]", "{}", '{"facts": []}', '{"facts": {}}'])
def test_a_folder_that_is_none_of_ours_tells_nothing(tmp_path, text):
    (tmp_path / "platform.json").write_text(text)
    (tmp_path / "verdict.json").write_text(text)
    assert captured.circumstances(str(tmp_path / "serial.log")) == captured.Circumstances()
