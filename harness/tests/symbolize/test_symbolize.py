# SPDX-License-Identifier: BSD-2-Clause
"""Addresses of dumps as functions and lines: each form of a dump, each kind of ELF file, what is missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.catalogue.modes import MODES
from harness.symbolize import call_chain
from harness.symbolize.chain import Meaning, explain
from harness.symbolize.dumps import Dump, read_dumps
from harness.symbolize.program import Program
from harness.system.places import ROOT
from harness.tests.faults import fault
from harness.tests.symbolize import crashed

# Where a report on XMHF has it: the log of a #GP at RDMSR on a machine that nobody could touch.
FAULT = 0x1021353E
REPORT = """\
AP(0x01): My ESP is 0x25555000, proceeding...
[00]: unhandled exception 13 (0xd), halting!
[00]: error code: 0x00000000
[00]: state dump follows...
[00] CS:EIP 0x0008:0x1021353e with EFLAGS=0x00010006
[00]: VCPU at 0x1024ab60
AP(0x05): My ESP is 0x2555d000, proceeding...
[00] EAX=0x00000491 EBX=0x1024ab60 ECX=0x00000491 EDX=0x00da0400
[00] ESI=0x1024ab60 EDI=0x1024e49c EBP=0x25550ad4 ESP=0x25550aa8
[00] CS=0x0008, DS=0x0010, ES=0x0010, SS=0x0010
[00] FS=0x0010, GS=0x0010
[00] TR=0x0018
"""
INLINED = [
    ("rdmsr", crashed.line_of('"rdmsr"'), True),
    ("read_capabilities", crashed.line_of("= rdmsr(index)"), True),
    ("initialize_cpu", crashed.line_of("read_capabilities(to);"), False),
]
CALLERS = [
    ("initialize", crashed.line_of("\tinitialize_cpu(to);"), False),
    ("_start", crashed.line_of("while (initialize("), False),
]


@pytest.fixture(scope="module")
def elves(tmp_path_factory) -> dict[tuple[int, int], Path]:
    """crashed.c for each width and version of DWARF."""
    directory = tmp_path_factory.mktemp("elves")
    return {(width, dwarf): crashed.build(directory, width, dwarf, FAULT) for width in (32, 64) for dwarf in (4, 5)}


def shown(frames) -> list[tuple[str, int, bool]]:
    assert all(Path(frame.file).name == crashed.SOURCE.name for frame in frames)
    return [(frame.function, frame.line, frame.inlined) for frame in frames]


def symbolize(*arguments, **options) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "harness", "symbolize", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, **options)


def meaning_of(text: str, elf: Path) -> Meaning:
    (meaning,) = explain(read_dumps(text), Program(elf))
    return meaning


@pytest.mark.parametrize("width", [32, 64])
@pytest.mark.parametrize("dwarf", [4, 5])
def test_the_dump_of_the_report(elves, width, dwarf):
    frames = call_chain(REPORT, elves[width, dwarf])
    assert shown(frames) == INLINED
    assert {frame.address for frame in frames} == {FAULT}
    assert frames[-1].symbol == "initialize_cpu" and frames[-1].offset > 0


def test_a_load_offset(elves):
    assert call_chain(REPORT, elves[32, 5], 0x100000) != call_chain(REPORT, elves[32, 5])
    moved = REPORT.replace("0x1021353e", "0x1031353e")
    assert shown(call_chain(moved, elves[32, 5], 0x100000)) == INLINED


# A stack as it is when the program dies: return addresses, saved registers, and what looks like one of these.


class Stack:
    """The words between initialize_cpu() and _start(), by the rules of the file itself."""

    def __init__(self, elf: Path) -> None:
        self.program = program = Program(elf)
        self.word = program.width // 8
        self.sp = sp = 0x25550AA8
        self.words: dict[int, int] = {}
        self.returns = []
        for place, callee in ((FAULT, "initialize_cpu"), (None, "initialize")):
            place = place or self.returns[-1] - 1
            rule = program.rules.at(place)
            assert rule.register == "sp"
            sp += rule.offset
            self.words |= {sp + offset: 0 for offset in rule.saved.values()}
            self.words[sp + rule.saved["ra"]] = self._behind_call_of(callee)
            self.returns.append(self._behind_call_of(callee))
        self.end = sp
        self.words = {address: self.words.get(address, 0) for address in range(self.sp, self.end, self.word)}

    def _behind_call_of(self, name: str) -> int:
        first, last = self.program.extent
        (place,) = [
            address
            for address in range(first, last)
            if self.program.returns_to(address) and self.program.symbol(self._target(address))[:2] == (name, 0)
        ]
        return place

    def _target(self, address: int) -> int:
        ((base, code),) = self.program._code
        return address + int.from_bytes(code[address - base - 4 : address - base], "little", signed=True)

    def ours(self) -> str:
        more = "panic cpu=3 r8=00000000 r9=00000000\n" if self.word == 8 else ""
        words = ",".join(f"{word:08x}" for word in self.words.values())
        return (
            "end a@kernel32\npanic cpu=3 vector=13 name=#GP error=0000 means=- traps=1\n"
            f"panic cpu=3 cs=0008 rip={FAULT:08x} flags=00010006 set=PF,RF\n{more}"
            f"panic cpu=3 si=00000000 di=00000000 bp=00000000 sp={self.sp:08x}\n"
            f"panic cpu=3 at={self.sp:08x} stack={words}\npanic cpu=3 end\n"
        )

    def xmhf(self) -> str:
        """Its dump begins with what the CPU pushed at the exception."""
        pushed = [0, FAULT, 8, 0x10006, *([self.sp, 0x10] if self.word == 8 else [])]
        start = self.sp - self.word * len(pushed) if self.word == 4 else 0x1D985EA8
        words = {start + place * self.word: word for place, word in enumerate(pushed)} | self.words
        digits = 2 * self.word
        letter = "R" if self.word == 8 else "E"
        return (
            f"[01]: unhandled exception 13 (0xd), halting!\n"
            f"[01] CS:{letter}IP 0x0008:0x{FAULT:0{digits}x} with {letter}FLAGS=0x{0x10006:0{digits}x}\n"
            f"[01] {letter}BP=0x{0:0{digits}x} {letter}SP=0x{start:0{digits}x}\n[01]-----stack dump-----\n"
            + "".join(f"[01]  Stack(0x{at:0{digits}x}) -> 0x{word:0{digits}x}\n" for at, word in words.items())
            + "[01]-----end------------\n"
        )

    def monitor(self) -> str:
        """What QEMU's monitor prints for `info registers`, and `x /40wx $esp` or `x /20gx $rsp`."""
        digits, letter = 2 * self.word, "R" if self.word == 8 else "E"
        text = (
            f"{letter}BP={0:0{digits}x} {letter}SP={self.sp:0{digits}x}\n{letter}IP={FAULT:0{digits}x} EFL=00000046\n"
        )
        words = (f"{at:0{digits}x}: 0x{word:0{digits}x}\n" for at, word in self.words.items())
        return text + "".join(words)


@pytest.mark.parametrize("width", [32, 64])
@pytest.mark.parametrize("form", [Stack.ours, Stack.xmhf, Stack.monitor])
def test_the_callers_are_found_on_the_stack(elves, width, form):
    elf = elves[width, 5]
    assert shown(call_chain(form(Stack(elf)), elf)) == INLINED + CALLERS


@pytest.mark.parametrize("width", [32, 64])
def test_the_callers_are_found_by_the_frame_pointer(tmp_path, width):
    elf = crashed.change(
        crashed.build(tmp_path, width, 5, FAULT, "-fno-omit-frame-pointer"), "--remove-section=.debug_frame"
    )
    program = Program(elf)
    assert program.rules.at(FAULT) is None
    first, last = program.extent
    returns = [address for address in range(first, last) if program.returns_to(address)]
    behind = {program.symbol(address)[0]: address for address in returns}
    word = width // 8
    sp, frames = 0x8000, (0x8040, 0x8080)
    words = {
        **{frames[0]: frames[1], frames[0] + word: behind["initialize"]},
        **{frames[1]: 0, frames[1] + word: behind["_start"]},
    }
    dump = Dump("a test", 1, registers={"pc": FAULT, "sp": sp, "bp": frames[0]}, stack=words)
    (meaning,) = explain([dump], program)
    assert shown([frame for link in meaning.chain for frame in link.frames]) == INLINED + CALLERS
    assert [link.by for link in meaning.chain] == ["", "the frame pointer", "the frame pointer"]


def test_a_call_of_nowhere_leaves_its_return_address(elves):
    elf = elves[32, 5]
    back = Stack(elf).returns[0]
    text = "panic cpu=0 vector=6 name=#UD traps=1\npanic cpu=0 rip=00000000 sp=00008000\n"
    text += f"panic cpu=0 at=00008000 stack={back:08x}\n"
    assert [frame.function for frame in call_chain(text, elf)] == ["", "initialize"]


def test_words_that_no_call_returns_to_are_set_apart(elves, tmp_path):
    elf = elves[32, 5]
    stack = Stack(elf)
    text = stack.ours().replace(
        "\npanic cpu=3 end", f"\npanic cpu=3 at=25560000 stack={FAULT:08x},{stack.returns[1]:08x}"
    )
    meaning = meaning_of(text, elf)
    assert [link.address for link in meaning.others] == [FAULT]
    assert [link.address for link in meaning.candidates] == [stack.returns[1]]
    log = tmp_path / "log"
    log.write_text(text)
    lines = symbolize("--elf", elf, log).stdout.splitlines()
    apart = next(i for i, line in enumerate(lines) if "no call before it" in line)
    assert f"{FAULT:#x}" in lines[apart + 1] and f"{stack.returns[1]:#x}" in "".join(lines[:apart])


# The other forms.


def test_kvm_unit_tests(elves):
    elf = elves[64, 5]
    stack = Stack(elf)
    text = (
        f"Unhandled exception 13 #GP at ip {FAULT:016x}\nerror_code=0000      rflags=00010002      cs=00000008\n"
        "rax=0000000000000000 rcx=0000000000000491 rdx=0000000000000000 rbx=0000000000000000\n"
        f"\tSTACK: @{FAULT:x} {stack.returns[0]:x} {stack.returns[1]:x} 40\n"
    )
    meaning = meaning_of(text, elf)
    assert shown([frame for link in meaning.chain for frame in link.frames]) == INLINED + CALLERS
    assert meaning.outside == 1


def test_a_trace_alone(elves):
    elf = elves[64, 4]
    stack = Stack(elf)
    meaning = meaning_of(f"\tSTACK: {stack.returns[0]:x} {stack.returns[1]:x}\n", elf)
    assert shown([frame for link in meaning.chain for frame in link.frames]) == CALLERS


@pytest.mark.parametrize(
    "text",
    [
        "EAX=00000491 EBX=00000000 ECX=00000491 EDX=00000000\nESI=00000000 EDI=00000000 EBP=00000000 ESP=25550aa8\n"
        "EIP=1021353e EFL=00000046 [---Z-P-] CPL=0 II=0 A20=1 SMM=0 HLT=0\n",
        "RAX=0000000000000491 RBX=0000000000000000\nR8 =0000000000000000 R9 =0000000000000000\n"
        "RIP=000000001021353e RFL=00000046 [---Z-P-] CPL=0 II=0 A20=1 SMM=0 HLT=0\n",
        "     0: v=0d e=0000 i=0 cpl=0 IP=0008:1021353e pc=1021353e SP=0010:25550aa8 env->regs[R_EAX]=00000491\n"
        "EAX=00000491 EBX=00000000 ECX=00000491 EDX=00000000\nEIP=1021353e EFL=00000046 [---Z-P-] CPL=0\n",
    ],
    ids=["info registers, 32-bit", "info registers, 64-bit", "-d int"],
)
def test_qemu(elves, text):
    assert shown(call_chain(text, elves[64, 5])) == INLINED


def test_code_addresses_of_linux_and_xen():
    text = " [<000000001021353e>] caps+0x12/0x40\nXen call trace:\n   [<000000001021353e>] R caps+0x12/0x40\n"
    assert [dump.trace for dump in read_dumps(text)] == [[(FAULT, False)]] * 2


def test_two_dumps_of_qemu(elves):
    one = "EAX=00000001 EBX=00000000\nEIP=1021353e EFL=00000046\n"
    assert [dump.registers["ax"] for dump in read_dumps(one + one.replace("EAX=00000001", "EAX=00000002"))] == [1, 2]


@pytest.mark.parametrize("width, mode", [(32, "kernel64"), (64, "real16")])
def test_the_other_image_is_told(elves, tmp_path, width, mode):
    """Each address is one of the other's too, or nearly: the names would be wrong, and nothing would tell."""
    (tmp_path / "log").write_text(f"trapline 1 mode={mode} cpus=1 cases=1\n0x{FAULT:x}\n")
    done = symbolize("--elf", elves[width, 5], tmp_path / "log")
    assert done.returncode == 0
    other = next(name for name, modes in MODES.items() if mode in modes)
    assert done.stdout.startswith(f"the log is {other}'s, by its mode={mode}, and {elves[width, 5]} is a {width}-bit ")


@fault("file", "a log with dumps of both images", "each is named by its own image's ELF file alone")
@pytest.mark.parametrize("width", [32, 64])
@pytest.mark.parametrize("own_first", [False, True])
def test_dumps_of_both_images_in_a_log(elves, tmp_path, width, own_first):
    """Most addresses are code of both: a dump of the other one has no name here, but says whose it is."""
    plans = [f"trapline 1 mode=kernel{mode} cpus=1 cases=1\n" for mode in (width, 96 - width)]
    dump = f"panic cpu=0 vector=13 name=#GP traps=1\npanic cpu=0 rip={FAULT:08x}\npanic cpu=0 end\n"
    own, other = (plan + dump for plan in plans)
    (tmp_path / "log").write_text(own + other if own_first else other + other + own)
    shown = symbolize("--elf", elves[width, 5], tmp_path / "log").stdout
    lines = [line for line in shown.splitlines() if line.startswith("line ")]
    assert lines == [f"line {2 if own_first else 10}: Trapline, CPU 0, #GP"] and shown.count("initialize_cpu+") == 1
    start, count = ("line 6: ", "1 dump is") if own_first else ("line 2: ", "2 dumps are")
    image = f"guest{96 - width}"
    words = f"{count} {image}'s, by its mode=kernel{96 - width}: build/{image}.debug.elf has the names"
    assert f"from {start}{words}\n" in shown


def test_a_dump_of_what_runs_the_other_image_has_its_names(elves, tmp_path):
    """A hypervisor's, in the log of its guest."""
    (tmp_path / "log").write_text(f"trapline 1 mode=kernel64 cpus=1 cases=1\n{REPORT}")
    shown = symbolize("--elf", elves[32, 5], tmp_path / "log").stdout
    assert "line 3: XMHF, CPU 0, exception 13" in shown and "initialize_cpu+" in shown


@pytest.mark.parametrize(
    "text", ["0x1021353e\n", "1021353E", "#0 0x1021353e", "  1: [<000000001021353e>]\n", "it died at 0x1021353e, again"]
)
def test_a_list(elves, text):
    meaning = meaning_of(text, elves[32, 5])
    assert shown([frame for link in meaning.chain for frame in link.frames]) == INLINED


def test_dumps_of_two_cpus_that_are_interleaved(elves):
    elf = elves[32, 5]
    one = Stack(elf).xmhf()
    other = one.replace("[01]", "[02]").replace(f"{FAULT:08x}", f"{FAULT + 2:08x}")
    text = "".join(a + "\n" + b + "\n" for a, b in zip(one.splitlines(), other.splitlines()))
    dumps = read_dumps(text)
    assert [(dump.cpu, dump.registers["pc"]) for dump in dumps] == [(1, FAULT), (2, FAULT + 2)]
    assert [dump.stack for dump in dumps] == [read_dumps(one)[0].stack, read_dumps(other)[0].stack]


def test_what_terminals_add_does_not_count(elves):
    text = (
        REPORT.replace("\n", "\x1b[0m\r\n")
        .replace("[00] CS", "\x1b[31m[00] CS")
        .replace("0x1021353e", "0x1021\x1b[K353e")
    )
    assert shown(call_chain(text, elves[32, 5])) == INLINED


# What the ELF file lacks.


@pytest.mark.parametrize(
    "options, words, name",
    [
        (["--strip-debug"], "has no DWARF: functions are the symbol table's", "initialize_cpu+0x"),
        (["--strip-all"], "has neither DWARF nor a symbol table", "?"),
        (
            ["--strip-all", "--keep-section=.debug*"],
            "has no symbol table: functions without offsets",
            "initialize_cpu  ",
        ),
    ],
    ids=["no DWARF", "stripped", "no symbols"],
)
@pytest.mark.parametrize("width", [32, 64])
def test_what_is_missing_is_said(elves, tmp_path, width, options, words, name):
    elf = crashed.change(elves[width, 5], *options)
    done = symbolize("--elf", elf, "-", input=REPORT)
    assert done.returncode == 0
    assert done.stdout.splitlines()[0].startswith(f"{elf} {words}")
    assert any(f"{FAULT:#x}" in line or name in line for line in done.stdout.splitlines()[1:])
    assert name in done.stdout


@fault("file", "a program without a symbol for a function", "the one before does not give it its name: ?")
@pytest.mark.parametrize("width", [32, 64])
def test_a_function_without_a_symbol_is_not_called_as_the_one_before(elves, width):
    """As `strip --discard-all` leaves a program without those of static functions: a symbol has a size."""
    whole = elves[width, 5]
    back = Stack(whole).returns[0]
    with_dwarf = crashed.change(whole, "--strip-symbol=initialize")
    (frame,) = meaning_of(f"0x{back:x}", with_dwarf).chain[0].frames
    assert frame.name == "initialize"
    (frame,) = meaning_of(f"0x{back:x}", crashed.change(with_dwarf, "--strip-debug")).chain[0].frames
    assert (frame.name, frame.place) == ("?", "")


@pytest.mark.parametrize("width", [32, 64])
def test_debug_information_without_the_code_is_enough(elves, width):
    """As distributions have it, in a file of its own: what it says of a place does not take what is there."""
    whole = elves[width, 5]
    elf = crashed.change(whole, "--only-keep-debug")
    text = Stack(whole).ours()
    assert shown(call_chain(text, elf)) == shown(call_chain(text, whole)) == INLINED + CALLERS
    assert Program(elf).extent == Program(whole).extent
    done = symbolize("--elf", elf, "-", input=REPORT)
    assert done.stdout.startswith(f"{elf} has debug information without the code: ")
    assert "initialize_cpu+0x" in done.stdout and "\nno address" not in done.stdout


@pytest.mark.parametrize("width", [32, 64])
@pytest.mark.parametrize("dwarf", [4, 5])
def test_dwarf_that_lies_in_other_files_is_said(tmp_path, width, dwarf):
    elf = crashed.build(tmp_path, width, dwarf, FAULT, "-gsplit-dwarf")
    done = symbolize("--elf", elf, "-", input=REPORT)
    assert done.returncode == 0
    assert done.stdout.startswith(f"{elf} has its DWARF in .dwo files")
    assert "initialize_cpu+0x" in done.stdout and "inlined\n" not in done.stdout


def test_the_verb(elves, tmp_path):
    log = tmp_path / "mail.txt"
    log.write_text(REPORT)
    done = symbolize("--elf", elves[32, 5], log)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "line 2: XMHF, CPU 0, exception 13"
    source = crashed.SOURCE.relative_to(ROOT)
    assert lines[1] == f"    0x1021353e  rdmsr  {source}:{INLINED[0][1]}  inlined"
    assert lines[2] == f"                read_capabilities  {source}:{INLINED[1][1]}  inlined"
    assert lines[3].startswith("                initialize_cpu+0x")
    assert len(lines) == 4


def test_no_address_of_this_program(elves):
    done = symbolize("--elf", elves[32, 5], "--offset", "0x10000000", "-", input="0x1021353e\n")
    assert done.returncode == 0
    assert "no address of this program's code" in done.stdout and "--offset" in done.stdout


@pytest.mark.parametrize("log", ["panic cpu=0 r8=0 rip=55555555513e sp=0\n", "0x55555555513e\n"])
def test_a_program_that_was_loaded_elsewhere_wants_to_be_told_where(elves, tmp_path, log):
    """A position-independent one, which is linked for 0: no form of a dump is passed over in silence."""
    movable = bytearray(elves[64, 5].read_bytes())
    movable[16:18] = (3).to_bytes(2, "little")  # e_type: ET_DYN
    (tmp_path / "movable").write_bytes(movable)
    for path, words in (
        (elves[64, 5], "if it ran elsewhere than it was linked for, say how far with --offset"),
        (tmp_path / "movable", "it is position-independent: say where it was loaded, as --offset 0x555555554000"),
    ):
        last = symbolize("--elf", path, "-", input=log).stdout.splitlines()[-1]
        assert last.startswith("no address of this program's code, 0x") and last.endswith(f" in the log: {words}")


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["--elf", "/nonexistent", "-"], "/nonexistent: No such file"),
        (["--elf", "Makefile", "-"], "Makefile: is no ELF file that can be read"),
        (["--elf", "/", "-"], "/: Is a directory"),
        (["--elf", "build/guest32.elf", "/nonexistent"], "/nonexistent: No such file"),
        (["--elf", "build/guest32.elf", "--offset", "x", "-"], "--offset x: expected a number"),
    ],
)
def test_a_wrong_question_gets_one_line_and_2(arguments, words):
    done = symbolize(*arguments, input="")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith(f"trapline: {words}")


def test_an_elf_file_of_another_machine(elves, tmp_path):
    elf = tmp_path / "arm"
    content = bytearray(elves[64, 5].read_bytes())
    content[18:20] = (183).to_bytes(2, "little")  # e_machine: EM_AARCH64
    elf.write_bytes(content)
    done = symbolize("--elf", elf, "-", input="")
    assert done.returncode == 2 and "is an ELF file for AArch64, not for x86" in done.stderr


@pytest.mark.parametrize("size", [0, 4, 40, 52, 64, 100, 1000])
def test_a_cut_elf_file(elves, tmp_path, size):
    elf = tmp_path / "cut"
    elf.write_bytes(elves[64, 5].read_bytes()[:size])
    done = symbolize("--elf", elf, "-", input=REPORT)
    assert done.returncode == 2 and done.stderr.count("\n") == 1


def test_no_addr2line(elves, tmp_path):
    done = symbolize("--elf", elves[32, 5], "-", input=REPORT, env=os.environ | {"PATH": str(tmp_path)})
    assert (done.returncode, done.stdout) == (2, "")
    assert "addr2line is not on the PATH" in done.stderr and done.stderr.count("\n") == 1
