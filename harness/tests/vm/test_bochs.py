# SPDX-License-Identifier: BSD-2-Clause
"""How a boot in Bochs ends is told apart, on a real Bochs; skipped, with the reason, where there is none."""

import dataclasses
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from harness.judging.result import Verdict
from harness.platform import Unusable, find_platforms
from harness.system import process
from harness.system.errors import Cancelled, WrongQuestion
from harness.system import limits
from harness.system.limits import SILENCE, Bound, Deadlines
from harness.tests.aim import make_target
from harness.tests.faults import fault
from harness.vm import bochs_probe
from harness.vm.bochs import GrowingFile
from harness.vm.bochs_boot import Boot
from harness.vm.outcome import Outcome

pytestmark = pytest.mark.slow

BEGUN = "trapline 1 mode=kernel32 cpus=1 cases=1\nbegin a@kernel32\n"
WHOLE = BEGUN + "end a@kernel32\nbye cases=1 traps=0\n"
ROM = Path(__file__).parents[1] / "rom.asm"
UART_HOLDS = 2  # bytes without its FIFO, which Bochs loses when it ends
IMPATIENT = Deadlines(0.05)
PATIENT = Deadlines(20)


@pytest.fixture
def boot(bochs, guest, tmp_path):
    """Boots guest.asm as a ROM on a PC with one CPU: Bochs' firmware and GRUB would take it twenty times as long."""
    configuration = dataclasses.replace(bochs.configuration, cpus=1, ips=1_000_000)
    linker = os.environ.get("CROSS_COMPILE", "") + "ld"

    def boot(text: str, action: str, deadlines=Deadlines(), on_case=lambda case: None) -> Outcome:
        guest(text, action)
        link = [linker, "-melf_i386", "-Ttext=0xf0000", "--oformat=binary", "guest.o", "-o", "guest.bin"]
        subprocess.run(link, cwd=tmp_path, check=True)
        subprocess.run(["nasm", "-fbin", str(ROM), "-o", "guest.rom"], cwd=tmp_path, check=True)
        configuration.write(tmp_path, None, ["romimage: file=guest.rom"])
        return Boot(configuration, tmp_path, deadlines, on_case).run()

    return boot


def test_a_guest_that_leaves(bochs, guest, tmp_path):
    """By firmware and GRUB, whose menu knows the guest's images by their names."""
    image = guest(WHOLE, "leave_with 42").rename(tmp_path / "guest32.elf")
    outcome = bochs.boot(image, "*", tmp_path, Deadlines())
    assert (outcome.ending, outcome.log.whole) == (None, True)
    assert (tmp_path / "serial.log").read_text() == WHOLE


@fault("guest", "Bochs' guest ends: {id}", "{verdict}: {words}", 120)
@pytest.mark.parametrize(
    "text, action, verdict, words",
    [
        pytest.param(BEGUN, "leave_with 42", Verdict.CUT, "not whole", id="within a case"),
        pytest.param(WHOLE.replace("=1 t", "=2 t"), "leave_with 42", Verdict.CUT, "not whole", id="bye miscounts"),
        pytest.param(BEGUN, "triple_fault", Verdict.RESET, "triple fault", id="triple fault within a case"),
        pytest.param(WHOLE, "triple_fault", Verdict.RESET, "triple fault", id="triple fault after bye"),
        pytest.param("", "triple_fault", Verdict.RESET, "triple fault", id="triple fault at once"),
        pytest.param(BEGUN, "reset_by_8042", Verdict.RESET, "the guest was reset", id="reset"),
        pytest.param(
            BEGUN, "set_up_pic_without_slave", Verdict.BACKEND, "single mode not supported", id="bochs gives up"
        ),
    ],
)
def test_endings_that_the_guest_brings_about(boot, tmp_path, text, action, verdict, words):
    began = time.monotonic()
    outcome = boot(text, action, PATIENT)
    assert outcome.ending is verdict
    assert words in outcome.reason
    written = (tmp_path / "serial.log").read_text()
    assert text.startswith(written) and len(text) - len(written) <= UART_HOLDS, "ran on, or again"
    assert time.monotonic() - began < PATIENT(SILENCE), "was told by a deadline"


@fault(
    "hypervisor",
    "Bochs tells of a reset before the guest's last line is read",
    "reset, of the case that the line begins",
)
def test_what_the_guest_wrote_before_its_end_is_read_before_it(bochs, tmp_path):
    """A triple fault in Bochs' log ends the boot; the line before it may come while the logs are read."""
    boot = Boot(bochs.configuration, tmp_path, Deadlines(), lambda case: None)

    class GrowingLog(GrowingFile):
        def lines(self, last: bool = False) -> list[bytes]:
            (tmp_path / "serial.log").write_text(BEGUN + "end a@kernel32\nbegin b@kernel32\n")
            return [b"00001e[CPU0  ] exception(): 3rd (13) exception with no resolution, shutdown status is 00h"]

    boot._bochs.log = GrowingLog(tmp_path / "bochs.log")
    boot._read(last=False)
    assert boot.outcome.ending is Verdict.RESET
    assert boot.outcome.log.open_block.case == "b@kernel32"


@fault("stop", "a signal while Bochs is about to start", "nothing is started")
def test_a_start_that_is_cancelled_says_so(bochs, tmp_path, monkeypatch):
    """What has not been started is not stopped."""

    def start(*arguments, **options):
        raise Cancelled

    monkeypatch.setattr(process, "start", start)
    with pytest.raises(Cancelled):
        Boot(bochs.configuration, tmp_path, Deadlines(), lambda case: None).run()


@fault("guest", "Bochs' guest writes nothing more, {id}", "hang")
@pytest.mark.parametrize("text", [BEGUN, WHOLE, ""], ids=["within a case", "after bye", "from the start"])
def test_silence_is_a_hang(boot, tmp_path, text):
    assert boot(text, "spin", IMPATIENT).ending is Verdict.HANG
    with pytest.raises(LookupError):
        process_in(tmp_path)


@fault("guest", "Bochs' guest writes without end", "hang: more than 50000 bytes of log")
def test_a_log_without_end_is_a_hang(boot, monkeypatch):
    monkeypatch.setattr(limits, "LOG", Bound(size=50_000))
    outcome = boot(BEGUN, "jmp _start")
    assert outcome.ending is Verdict.HANG
    assert "of log" in outcome.reason


def process_in(directory: Path) -> int:
    """The process that runs in a directory."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(entry / "cwd") == str(directory):
                return int(entry.name)
        except OSError:  # somebody else's, or gone
            pass
    raise LookupError(directory)


@fault("hypervisor", "Bochs dies of {number} within a case", "crash: {number}, of that case")
@pytest.mark.parametrize("number", [signal.SIGABRT, signal.SIGKILL])
def test_a_bochs_that_dies(boot, tmp_path, number):
    def kill(_):
        os.kill(process_in(tmp_path), number)

    outcome = boot(BEGUN, "spin", on_case=kill)
    assert (outcome.ending, outcome.log.open_block.case) == (Verdict.CRASH, "a@kernel32")
    assert number.name in outcome.reason


@fault("hypervisor", "a Bochs that lacks what its configuration names", "unusable: bochsrc:1")
def test_a_bochs_that_does_not_start(bochs, guest, tmp_path):
    broken = dataclasses.replace(
        bochs, configuration=dataclasses.replace(bochs.configuration, display="nosuch library")
    )
    outcome = broken.boot(guest(WHOLE, "leave_with 42"), "*", tmp_path, Deadlines())
    assert outcome.ending is Verdict.UNUSABLE
    assert "bochsrc:1" in outcome.reason


def probe(**knobs):
    return find_platforms(make_target(accel="bochs", **knobs), "")


@fault("hypervisor", "BOCHS=/nonexistent", "exit status 2: BOCHS=/nonexistent: there is no such program")
def test_a_program_that_is_not_there():
    with pytest.raises(WrongQuestion, match="BOCHS=/nonexistent: there is no such program"):
        probe(bochs="/nonexistent")


@fault("hypervisor", "a Bochs that is /bin/true", "exit status 2: BOCHS=true: it does not say that it is Bochs")
def test_a_program_that_is_no_bochs():
    with pytest.raises(WrongQuestion, match="BOCHS=true: it does not say that it is Bochs"):
        probe(bochs="true")


@fault(
    "hypervisor",
    "a Bochs that, asked who it is, does `{does}`",
    "exit status 2: it does not say that it is Bochs: {words}",
)
@pytest.mark.parametrize(
    "does, words",
    [
        ("echo 'Bochs x86 Emulator 3.0'", "Bochs x86 Emulator 3.0"),
        ("echo 'Bochs x86 Emulator 3.0'; echo 'Supported CPU models:'", "Supported CPU models:"),
        ("echo 'error while loading shared libraries: libx.so'", "error while loading shared libraries: libx.so"),
        ("exit 0", "without a word"),
    ],
)
def test_a_program_that_does_not_answer_as_bochs(tmp_path, does, words):
    program = tmp_path / "bochs"
    program.write_text(f"#!/bin/sh\n{does}\n")
    program.chmod(0o755)
    with pytest.raises(WrongQuestion, match=f"it does not say that it is Bochs: {words}$"):
        bochs_probe.find(str(program), "", 1, PATIENT)


@fault("hypervisor", "a Bochs that, asked who it is, waits for ever", "exit status 2: it does not come to an end")
def test_a_program_that_does_not_come_to_an_end(tmp_path, monkeypatch):
    monkeypatch.setattr(bochs_probe, "PROBE_DEADLINE", 0.5)
    program = tmp_path / "bochs"
    program.write_text("#!/bin/sh\nexec sleep 1000\n")
    program.chmod(0o755)
    with pytest.raises(WrongQuestion, match="asked for --help, it does not come to an end$"):
        bochs_probe.find(str(program), "", 1, Deadlines())


@fault("hypervisor", "a Bochs that does not find its ROMs by itself, as Debian's 3.0", "the guest's results")
def test_roms_that_have_another_name(bochs, tmp_path):
    wrapper = tmp_path / "bochs"
    wrapper.write_text(
        "#!/bin/sh\n"
        "if [ -e bochsrc ] && ! grep -q ^vgaromimage bochsrc; then\n"
        "    echo 'Bochs is exiting with the following message:' >&2\n"
        "    echo '[MEM0  ] ROM: could not open ROM image file VGABIOS-lgpl-latest.bin' >&2\n"
        "    exit 1\n"
        "fi\n"
        f"exec '{bochs.program}' \"$@\"\n"
    )
    wrapper.chmod(0o755)
    (platform,) = probe(bochs=str(wrapper))
    assert not isinstance(platform, Unusable), platform.reason
    assert platform.configuration.roms


@fault("hypervisor", "a Bochs without what is asked for: {knobs}", "unusable: {words}")
@pytest.mark.parametrize(
    "knobs, words",
    [({"cpu": "nosuch"}, "CPU=nosuch: Bochs has no such model: choose from"), ({"cpus": "300"}, "out of range 1 to")],
    ids=["model", "count"],
)
def test_a_cpu_that_bochs_does_not_have(bochs, knobs, words):
    (platform,) = probe(**knobs)
    assert isinstance(platform, Unusable) and words in platform.reason and "\n" not in platform.reason


def test_lines_are_whole_while_a_file_grows(tmp_path):
    path = tmp_path / "log"
    growing = GrowingFile(path)
    assert growing.lines() == []
    with path.open("w") as file:
        for text, lines in (("one\ntw", [b"one"]), ("o\n\nthr", [b"two", b""]), ("", [])):
            file.write(text)
            file.flush()
            assert growing.lines() == lines
    assert growing.lines(last=True) == [b"thr"]
    growing.close()
