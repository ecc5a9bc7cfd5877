# SPDX-License-Identifier: BSD-2-Clause
"""An exception that no case expects: in images in which a function begins with an instruction that raises one."""

from dataclasses import replace
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from harness.catalogue.image import Image, read_images
from harness.catalogue.log import fields
from harness.catalogue.required import RequiredLogs
from harness.judging.result import Verdict
from harness.platform import Platform, find_platforms
from harness.judging.judge import compare
from harness.settings import Settings
from harness.symbolize import call_chain
from harness.symbolize.dumps import read_dumps
from harness.system import limits
from harness.system.limits import Deadlines
from harness.system.places import BUILD, CASES
from harness.tests.aim import aimed
from harness.tests.broken import broken
from harness.vm.outcome import Outcome
from harness.vm.qemu import VM

pytestmark = pytest.mark.slow

MAX_CPUS = 8  # of guest/cpu/smp.h

UD2 = bytes.fromhex("0f0b")
# The same bytes in 32-bit and 64-bit code: MOV of a selector beyond the GDT to DS, and of 0 to where nothing is mapped
# (UNMAPPED in guest/body.inc).
BAD_SELECTOR = bytes.fromhex("66b8f0ff 8ed8")
BAD_ADDRESS = bytes.fromhex("b8000000e0 c70000000000")


@pytest.fixture(scope="module")
def tcg(settings: Settings) -> Platform:
    (platform,) = find_platforms(aimed(settings.target, accel="tcg", host="local"), "")
    assert isinstance(platform, Platform), platform.reason
    return platform


@pytest.fixture(params=["guest32", "guest64"])
def image(settings: Settings, request) -> Image:
    return next(image for image in read_images() if image.name == request.param)


def boot(tcg: Platform, image: Path, cases: str, directory: Path, patience: float = 1) -> tuple[Outcome, str]:
    outcome = VM(tcg.command(image, cases), directory, Deadlines(patience), follow=True).run()
    return outcome, (directory / "serial.log").read_text()


def width(image: Image) -> int:
    return int(image.name.removeprefix("guest"))


def chain_of(text: str, settings: Settings, image: Image) -> list[str]:
    return [frame.function for frame in call_chain(text, BUILD / f"{image.name}.debug.elf")]


def test_the_boot_processor(tcg, settings, image, tmp_path):
    case = f"icebp@kernel{width(image)}"
    outcome, text = boot(tcg, broken(image, "case_icebp", UD2, tmp_path), f"{case},int3", tmp_path)
    assert outcome.ending is None and outcome.log.whole
    blocks = {block.case: block for block in outcome.log.blocks}
    assert blocks[case].lines[0].startswith("#UD cpu=0 rip=elsewhere ")
    assert blocks[case].lines[1:] == ["panic cpu=0"]
    required = RequiredLogs(CASES)
    assert compare(blocks[case].lines, required.lines(case, "GenuineIntel"))[0] is Verdict.DIFFERS
    after = f"int3@kernel{width(image)}"
    assert compare(blocks[after].lines, required.lines(after, "GenuineIntel"))[0] is Verdict.PASS
    # After the block, and whole.
    lines = text.splitlines()
    begun, ended = lines.index("panic cpu=0 end"), lines.index(f"end {case}")
    dump = [fields(line) for line in lines[ended + 1 : begun]]
    assert all(values["cpu"] == "0" for values in dump)
    known = {key: value for values in dump for key, value in values.items()}
    assert (known["vector"], known["name"], known["traps"]) == ("6", "#UD", "1")
    assert "error" not in known
    assert (known["cs"], known["ss"], known["tr"]) == ("0008", "0010", "0048")
    assert int(known["rip"], 16) == image.symbol("case_icebp")
    assert known["dr7"] == "00000400"
    wide = {f"r{number}" for number in range(8, 16)}
    assert {"ax", "bx", "cx", "dx", "si", "di", "bp", "sp", "cr0", "cr2", "cr3", "cr4", "efer", "dr6"} <= known.keys()
    assert wide <= known.keys() if width(image) == 64 else not wide & known.keys()
    names = chain_of(text, settings, image)
    assert names[0] == "case_icebp" and names[1] == "fence_run"
    assert names[-2] == "kmain" and names[-1].startswith("_start")


@pytest.mark.parametrize(
    "code, name, error, means",
    [(BAD_SELECTOR, "#GP", "fff0", "GDT:fff0"), (BAD_ADDRESS, "#PF", "0002", "W")],
    ids=["a selector", "a page fault"],
)
def test_the_error_code_is_decoded(tcg, image, tmp_path, code, name, error, means):
    case = f"icebp@kernel{width(image)}"
    path = broken(image, "case_icebp", code, tmp_path)
    outcome, text = boot(tcg, path, f"{case},int3", tmp_path)
    assert outcome.log.whole
    known = fields(next(line for line in text.splitlines() if "vector=" in line))
    assert (known["name"], known["error"], known["means"]) == (name, error, means)
    if name == "#PF":
        assert " cr2=e0000000 " in text


@pytest.mark.parametrize("function, case", [("cross", "break_both"), ("take_turns", "int3_patched")])
def test_another_processor(tcg, settings, image, tmp_path, function, case):
    """The boot processor waits for it, and is got out of there; in the second case a hook takes the traps, until too
    many have come.
    """
    name = f"{case}@kernel{width(image)}"
    outcome, text = boot(tcg, broken(image, function, UD2, tmp_path), f"{name},int3", tmp_path)
    assert outcome.ending is None and outcome.log.whole
    block = next(block for block in outcome.log.blocks if block.case == name)
    assert block.lines[0].startswith("#UD cpu=1 rip=elsewhere ") and block.lines[-1] == "panic cpu=1"
    (dump,) = read_dumps(text)
    assert (dump.cpu, dump.event) == (1, "#UD")
    assert ("note trap_budget=spent" in block.lines) == (case == "int3_patched")
    if case == "break_both":
        assert chain_of(text, settings, image)[:2] == [function, "ap_main"]


def test_a_way_out_that_takes_its_time(tcg, image, tmp_path):
    """Where the boot processor has come, and gets no processor for seconds, nobody else says what it is to say."""
    name = f"break_both@kernel{width(image)}"
    path = broken(image, "cross", UD2, tmp_path)
    slow = bytes.fromhex("b900000028 ffc9 75fc c3")  # MOV $28000000h, %ECX; 1: DEC %ECX; JNZ 1b; RET
    path.write_bytes(broken(Image(path, image.cases), "smp_stop_others", slow, tmp_path).read_bytes())
    outcome, text = boot(tcg, path, name, tmp_path, 6)  # it takes longer where others take the processor too
    assert outcome.log.whole and outcome.log.blocks[0].lines[-1] == "panic cpu=1"
    assert [dump.cpu for dump in read_dumps(text)] == [1]


def test_a_way_out_that_does_not_come(tcg, image, tmp_path):
    """Where the boot processor does not come out of what it does, the other one says what it has to say itself."""
    name = f"break_both@kernel{width(image)}"
    path = broken(image, "cross", UD2, tmp_path)
    halt = bytes.fromhex("faf4ebfd")  # CLI; HLT; JMP back
    path.write_bytes(broken(Image(path, image.cases), "fence_was_called_off", halt, tmp_path).read_bytes())
    outcome, text = boot(tcg, path, name, tmp_path, 0.5)
    assert outcome.ending is Verdict.HANG
    assert "panic cpu=1 end" in outcome.log.open_block.lines
    assert [dump.cpu for dump in read_dumps(text)] == [1]


def dumps(image: Image) -> tuple[int, int]:
    """Where the guest keeps what it dumps of CPU 0, and of CPU 1: how many traps it took comes first."""
    with image.path.open("rb") as file:
        (symbol,) = ELFFile(file).get_section_by_name(".symtab").get_symbol_by_name("dumps")
    return symbol["st_value"], symbol["st_value"] + symbol["st_size"] // MAX_CPUS


def chatter(image: Image) -> bytes:
    """Code in place of fence_was_called_off() that writes line upon line, and one more when CPU 1's dump is out."""
    waiting = dumps(image)[1].to_bytes(4, "little")
    text = image.symbol("running_case").to_bytes(4, "little")
    if width(image) == 32:
        begin = bytes.fromhex("8b1d") + waiting  # MOV EBX, [waiting]
        begin += bytes.fromhex("68") + text  # PUSH text
        drop = bytes.fromhex("83c404")  # ADD ESP, 4
    else:
        begin = bytes.fromhex("8b1c25") + waiting  # MOV EBX, [waiting]
        begin += bytes.fromhex("bf") + text + bytes.fromhex("31c0")  # MOV EDI, text; XOR EAX, EAX
        drop = b""
    behind = image.symbol("fence_was_called_off") + len(begin) + 5
    call = bytes.fromhex("e8") + (image.symbol("log_line") - behind).to_bytes(4, "little", signed=True)
    loop = begin + call + drop + bytes.fromhex("85db")  # TEST EBX, EBX
    back = bytes.fromhex("75") + (-len(loop) - 2).to_bytes(1, "little", signed=True)  # JNZ
    return loop + back + bytes.fromhex("faf4ebfd")  # CLI; HLT; JMP back


def test_a_dump_is_not_torn(tcg, image, tmp_path, monkeypatch):
    """The boot processor would write line upon line meanwhile. Two come after: one has waited since before the dump."""
    monkeypatch.setattr(limits, "LOG", limits.BOUND)
    name = f"break_both@kernel{width(image)}"
    path = broken(image, "cross", UD2, tmp_path)
    path = broken(replace(image, path=path), "fence_was_called_off", chatter(image), tmp_path)
    for attempt in range(5):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        _, text = boot(tcg, path, name, folder, 0.3)
        lines = text.splitlines()
        begun = next(place for place, line in enumerate(lines) if line.startswith("panic cpu=1 vector="))
        ended = lines.index("panic cpu=1 end")
        assert all(line.startswith("panic cpu=1 ") for line in lines[begun:ended])
        assert name in lines[ended:]
        if lines[ended:].count(name) == 2:
            return
    pytest.fail("the boot processor has come too late each time")


@pytest.mark.parametrize("mode", ["vm86", "real16"])
def test_16_bit_code(tcg, settings, tmp_path, mode):
    """It writes an UD2 to offset 8000h of its segment, and jumps there. Another case, which lies elsewhere, goes on."""
    image = next(image for image in read_images() if image.name == "guest32")
    code = bytes.fromhex("c60600800f c60601800b e9f37f")
    outcome, text = boot(tcg, broken(image, "icebp_16_start", code, tmp_path), f"icebp@{mode},tf_step@{mode}", tmp_path)
    assert outcome.log.whole and outcome.log.blocks[0].lines[-1] == "panic cpu=0"
    assert "panic cpu=0 cs=1000 rip=00008000 " in text
    assert "panic cpu=0 ss=1000 ds=1000 es=1000 fs=1000 gs=1000 tr=0048 ldtr=0000\n" in text


def test_outside_of_any_case(tcg, settings, image, tmp_path):
    outcome, text = boot(tcg, broken(image, "smp_init", UD2, tmp_path), "int3", tmp_path)
    assert outcome.ending is Verdict.CUT and "panicked outside of any case" in outcome.reason
    assert chain_of(text, settings, image)[:2] == ["smp_init", "kmain"]


def test_no_required_log_has_one():
    """But for that of the case that plays a program which dies."""
    required = RequiredLogs(CASES)
    for vendor in ("GenuineIntel", "AuthenticAMD"):
        for case in required.cases() - {"xmhf_rdmsr@kernel32", "xmhf_rdmsr@kernel64"}:
            assert not any(line.startswith("panic") for line in required.lines(case, vendor) or []), case
