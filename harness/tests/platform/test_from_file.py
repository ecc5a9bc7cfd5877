# SPDX-License-Identifier: BSD-2-Clause
"""A hypervisor that a file describes: the page's example, how its boots end, and what is refused in a file."""

import os
import re
import sys
import time
from pathlib import Path

import pytest

from harness.catalogue.image import read_images, select
from harness.catalogue.required import RequiredLogs
from harness.judging.result import Verdict
from harness.platform import Unusable, find_platforms
from harness.platform.by_command import CommandPlatform
from harness.platform.from_file import FACTS, probe
from harness.runs.runner import Group, Runner
from harness.system.errors import WrongQuestion
from harness.system.limits import Deadlines
from harness.system.places import CASES, ROOT
from harness.tests.aim import make_target
from harness.tests.faults import fault
from harness.tests.guest_log import log_of
from harness.verbs.judge import judge_log
from harness.vm.command_boot import CommandBoot

PAGE = (ROOT / "docs" / "add-a-platform.md").read_text(encoding="utf-8")

BEGUN = "trapline 1 mode=kernel32 cpus=1 cases=1\nbegin a@kernel32\n"
WHOLE = BEGUN + "end a@kernel32\nbye cases=1 traps=0\n"


def described(folder: Path, text: str) -> str:
    (folder / "mine.toml").write_text(text)
    return str(folder / "mine.toml")


def shell(folder: Path, script: str, more: str = "") -> CommandPlatform:
    """A platform whose boots are a shell script; its log is in $1."""
    (folder / "boot").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "boot").chmod(0o755)
    found = probe(described(folder, f"name = 'mine'\ncommand = ['./boot', '{{serial}}', '{{image}}']\n{more}"))
    assert isinstance(found, CommandPlatform), found
    return found


@pytest.fixture
def boot(tmp_path):
    def run(script: str, deadlines: Deadlines = Deadlines(), more: str = ""):
        run_folder = tmp_path / "run"
        run_folder.mkdir(exist_ok=True)
        return shell(tmp_path, script, more).boot(tmp_path / "guest.elf", "*", run_folder, deadlines)

    return run


@pytest.mark.slow
def test_the_pages_example(tmp_path):
    example = "\n".join(line[4:] for line in PAGE.partition("## An example")[2].splitlines() if line.startswith("    "))
    (platform,) = find_platforms(make_target(platform=described(tmp_path, example)), "tcg")
    for image in select(read_images(), "int3,tf_step,triple_fault", ""):
        results = Runner(1, Deadlines()).run(Group(platform, "detached", image))
        assert {result.verdict for result in results} == {Verdict.PASS}


@fault("hypervisor", "a hypervisor of your own {id}", "{verdict}: {words}")
@pytest.mark.slow
@pytest.mark.parametrize(
    "script, verdict, words",
    [
        pytest.param(f"printf '{WHOLE}' >$1", None, "", id="leaves"),
        pytest.param(f"printf '{BEGUN}' >$1", Verdict.CUT, "the guest's log is not whole", id="stops within a case"),
        pytest.param(
            f"printf '{BEGUN}' >$1; echo it is broken >&2; exit 3",
            Verdict.BACKEND,
            "status 3: it is broken",
            id="ends with an error within a case",
        ),
        pytest.param(
            f"printf '{BEGUN}' >$1; exit 9", Verdict.RESET, "the guest was reset", id="says that the guest was reset"
        ),
        pytest.param(
            f"printf '{BEGUN}' >$1; kill -SEGV $$",
            Verdict.CRASH,
            "died of SIGSEGV",
            id="dies of a signal within a case",
        ),
        pytest.param(
            f"printf '{BEGUN}' >$1; kill -XCPU $$",
            Verdict.UNUSABLE,
            "a limit of this system's: raise 'ulimit -t'",
            id="comes to a limit of processor time",
        ),
        pytest.param("echo no such option; exit 1", Verdict.UNUSABLE, "no such option", id="refuses to start"),
        pytest.param(
            f"printf '{BEGUN}' >$1; exec sleep 60", Verdict.HANG, "no line for 0.5 s", id="says no more within a case"
        ),
    ],
)
def test_how_a_boot_ends(boot, script, verdict, words):
    outcome = boot(script, Deadlines(0.05), "reset = [9]")
    assert outcome.ending is verdict
    assert words in outcome.reason


@fault("guest", "a guest in a hypervisor of your own goes on after its hang was declared", "as in QEMU")
def test_what_is_judged_is_what_is_kept(boot, tmp_path, monkeypatch):
    """On a machine where it takes a second until a hypervisor is ended."""
    stop = CommandBoot.stop
    monkeypatch.setattr(CommandBoot, "stop", lambda self: (time.sleep(1), stop(self)))
    outcome = boot(f"printf '{BEGUN}' >$1; sleep 1; printf 'end a@kernel32\\n' >>$1; exec sleep 60", Deadlines(0.05))
    assert outcome.ending is Verdict.HANG
    assert (tmp_path / "run" / "serial.log").read_text().endswith("end a@kernel32\n") and not outcome.log.open_block


@pytest.mark.slow
def test_a_good_end_is_what_the_file_says(boot):
    assert boot(f"printf '{WHOLE}' >$1; exit 7", more="good = [7]").ending is None


@fault("hypervisor", "a hypervisor of your own puts {stamp} before each line", "pass")
@pytest.mark.slow
@pytest.mark.parametrize("stamp", ["(d1) ", "[serial] ", "2026-11-20T18:41:{}.004 ", "[ {}.125] (d12) "])
def test_what_it_puts_before_each_line_is_taken_off(tmp_path, stamp):
    """As judge does it; the log itself stays as it was written, and is judged the same."""
    case = "int3@kernel32"
    lines = RequiredLogs(CASES).lines(case, "AuthenticAMD")
    log = log_of({case: lines})
    stamped = "".join(f"{stamp.format(9 + number)}{line}\n" for number, line in enumerate(log))
    (tmp_path / "log").write_text(f"{stamp.format(8)}my-vmm 1.0\n{stamped}")
    platform = shell(tmp_path, f"cat '{tmp_path}/log' >$1")
    (image,) = select(read_images(), case, "")
    (result,) = Runner(1, Deadlines()).run(Group(platform, "detached", image))
    assert (result.verdict, result.seen) == (Verdict.PASS, lines)
    kept = (result.run / "serial.log").read_text()
    assert kept.endswith(stamped)
    assert [each.verdict for each in judge_log(kept, "log", RequiredLogs(CASES), [])] == [Verdict.PASS]


@fault(
    "hypervisor",
    "a hypervisor of your own dies after the last case",
    "crash, in a row `bye` of its own; the case passes",
)
@pytest.mark.slow
def test_what_dies_after_the_last_case_is_no_cases_fault(tmp_path):
    """It has a row of its own, and its log says so to who judges it alone."""
    case = "int3@kernel32"
    lines = RequiredLogs(CASES).lines(case, "AuthenticAMD")
    (tmp_path / "log").write_text("\n".join([*log_of({case: lines}), ""]))
    platform = shell(tmp_path, f"cat '{tmp_path}/log' >$1; kill -SEGV $$")
    (image,) = select(read_images(), case, "")
    results = Runner(1, Deadlines()).run(Group(platform, "detached", image))
    assert [(result.case, result.verdict) for result in results] == [
        (case, Verdict.PASS),
        ("bye@kernel32", Verdict.CRASH),
    ]
    source = results[0].run / "serial.log"
    alone = judge_log(source.read_text(), "log", RequiredLogs(CASES), [])
    assert [(result.case, result.judgement) for result in alone] == [
        (result.case, result.judgement) for result in results
    ]


@pytest.mark.slow
@pytest.mark.parametrize("more, boots", [("", 1), ("longest = 20", 2)])
def test_a_list_that_is_too_long_for_it_is_parted(tmp_path, more, boots):
    """Cut off by a hypervisor, it would end as `cut`."""
    cases = ("int3@kernel32", "int3@user32")
    required = RequiredLogs(CASES)
    log = log_of({case: required.lines(case, "AuthenticAMD") for case in cases})
    (tmp_path / "log").write_text("\n".join([*log, ""]))
    once = "cat log >$1"
    in_parts = 'sed -n "s/=2/=1/g; 1p; /@$([ -s boots ] && echo user32 || echo kernel32)$/,/^end/p; \\$p" log >$1'
    platform = shell(tmp_path, f"cd '{tmp_path}'; {once if boots == 1 else in_parts}; echo >>boots", more)
    (image,) = select(read_images(), ",".join(cases), "")
    results = Runner(1, Deadlines()).run(Group(platform, "detached", image))
    assert [result.verdict for result in results] == [Verdict.PASS, Verdict.PASS]
    assert len((tmp_path / "boots").read_text()) == boots


def test_what_it_cannot_do_is_not_run(tmp_path):
    platform = shell(tmp_path, "", 'cannot = { "nested_*" = "it has no nesting" }')
    assert platform.refusal("nested_step@kernel64", "detached") == "it has no nesting"
    assert platform.refusal("int3@kernel64", "detached") == ""


@fault("file", "control characters in a file of PLATFORM=", "shown as escapes: \\x1b for ESC")
@pytest.mark.slow
def test_what_it_says_is_fit_to_be_shown(tmp_path):
    raw, safe = r"a\u001b[2J\nb", r"a\x1b[2J\nb"
    (tmp_path / "a\x1b[2J\nb").write_text("#!/bin/sh\nexit 3\n")
    text = f"""name = "mine"\ncommand = ["{raw}", "{{image}}"]\nfacts.cpu = "{raw}"\ncannot."int3@*" = "{raw}"\n"""
    found = probe(described(tmp_path, text))
    assert isinstance(found, Unusable) and found.reason.endswith(f"{safe} is not executable: chmod +x it")
    (tmp_path / "a\x1b[2J\nb").chmod(0o755)
    found = probe(described(tmp_path, text))
    assert (found.refusal("int3@kernel64", "detached"), found.facts["cpu"]) == (safe, safe)
    assert found.description.endswith(f"/mine.toml: '{safe}' '{{image}}'")
    reason = found.boot(tmp_path / "guest.elf", "*", tmp_path, Deadlines()).reason
    assert reason == f"{safe} exited with status 3: without a word"
    found = probe(described(tmp_path, text.replace(raw, f"no-{raw}")))
    assert isinstance(found, Unusable) and found.reason.startswith(f"no-{safe} is not on the PATH")


@fault("machine", "a hypervisor of your own that is not executable", "unusable: boot is not executable: chmod +x it")
def test_a_program_beside_the_file_needs_no_slash_and_has_to_be_executable(tmp_path):
    text = "name = 'mine'\ncommand = ['boot', '{image}']"
    (tmp_path / "boot").write_text("#!/bin/sh\n")
    found = probe(described(tmp_path, text))
    assert isinstance(found, Unusable) and found.reason.endswith("boot is not executable: chmod +x it")
    (tmp_path / "boot").chmod(0o755)
    assert isinstance(probe(described(tmp_path, text)), CommandPlatform)


@fault("machine", "a hypervisor of your own that is not there", "unusable: no-such-vmm is not on the PATH")
def test_a_program_that_is_not_there_makes_it_unusable(tmp_path):
    found = probe(described(tmp_path, "name = 'mine'\ncommand = ['no-such-vmm', '{image}']"))
    assert isinstance(found, Unusable) and "no-such-vmm is not on the PATH" in found.reason


@fault("file", "a file of PLATFORM= that is broken", "exit status 2: {words}")
@pytest.mark.parametrize(
    "text, words",
    [
        ("name = ", "not valid TOML"),
        ("name = 'mine'", "a command as a list of words"),
        ("name = 'mine'\ncommand = [1]", "a command as a list of words"),
        ("name = 'mine'\ncommand = 'x {image}'", "command = 'x {image}': it wants a list"),
        ("name = 'mine'\ncommand = ['x']", "has to have {image} in it"),
        ("name = 'mine'\ncommand = ['x', '{image}', '{disk}']", "may have {image}, {cmdline}, {serial}, {folder}"),
        ("name = 'mine'\ncommand = ['x', '{image}']\ncolour = 1", "'colour' is nothing that it can hold"),
        ("name = 'm'\ncommnad = ['x']", "'commnad' is nothing that it can hold: did you mean command?"),
        (
            "name = 'm'\ncommand = ['x', '{image}']\nfacts = {acel = 'tcg'}",
            "'acel' is nothing that 'facts' can hold: did you mean accel?",
        ),
        (
            "name = 'm'\ncommand = ['x', '{image}']\nfacts = {debugger = 'step'}",
            "'debugger' is nothing that 'facts' can hold: accel, engine, xen_args, machine",
        ),
        *(
            (f"name = 'm'\ncommand = ['x', '{{image}}']\nfacts = {{{fact}}}", words)
            for fact, words in (
                ("qemu = 'banana'", "qemu = 'banana': it wants a version, as '7.2.22'"),
                ("kernel = 'v6.1'", "kernel = 'v6.1': it wants a version"),
                ("xen = true", "xen = True: it wants a version"),
                ("v86 = ''", "v86 = '': it wants a version"),
                ("bochs = '٣'", "bochs = '٣': it wants a version"),
            )
        ),
        ("name = 'mine'\ncommand = ['x', '{image:>999999999999}']", "has to have {image} in it"),
        ("name = 'mine'\ncommand = ['x', '{image}', '{image.parent}']", "may have {image}, {cmdline}"),
        ("name = 'mine'\ncommand = ['x', '{image}', '}']", "may have {image}, {cmdline}"),
        ("name = 'mine'\ncommand = ['x{image}']", "has to have {image} in it"),
        ("name = 'mine'\ncommand = ['', '{image}']", "it begins with a program's name"),
        ("name = 'mine'\ncommand = ['x\\u0000', '{image}']".replace("['x", '["x').replace("00'", '00"'), "has no NUL"),
        ("name = '../mine'\ncommand = ['x', '{image}']", "name = '../mine': it wants up to 40 letters"),
        ("name = \"\\u001b[2J\"\ncommand = ['x', '{image}']", "it wants up to 40 letters"),
        ("name = 'mine.'\ncommand = ['x', '{image}']", "it wants up to 40 letters"),
        ("name = 'm'\ncommand = ['x', '{image}']\npace = true", "pace = True: it wants a number above 0"),
        ("name = 'm'\ncommand = ['x', '{image}']\npace = nan", "pace = nan: it wants a number above 0"),
        ("name = 'm'\ncommand = ['x', '{image}']\npace = -inf", "pace = -inf: it wants a number above 0"),
        ("name = 'm'\ncommand = ['x', '{image}']\npace = 0", "pace = 0: it wants a number above 0"),
        ("name = 'm'\ncommand = ['x', '{image}']\ngood = ['0']", "good = ['0']: it wants a list of exit statuses"),
        ("name = 'm'\ncommand = ['x', '{image}']\nreset = [true]", "reset = [True]: it wants a list of exit"),
        ("name = 'm'\ncommand = ['x', '{image}']\nfacts = {a = []}", "facts = {'a': []}: it wants a table of texts"),
        ("name = 'm'\ncommand = ['x', '{image}']\ncannot = {a = 1}", "cannot = {'a': 1}: it wants a table of"),
        (
            "name = 'm'\ncommand = ['x', '{image}']\ncannot = {'nested_*' = '', int3 = ''}",
            "cannot = { 'int3' = ... }: no NAME@MODE matches it",
        ),
        ("a = " + "[" * 10_000, "not valid TOML: nested more than"),
    ],
)
def test_a_broken_file_is_a_wrong_question(tmp_path, text, words):
    with pytest.raises(WrongQuestion, match=f"PLATFORM=.*mine.toml: .*{re.escape(words)}"):
        probe(described(tmp_path, text))


@pytest.mark.parametrize("version", ["'7.2.22'", "7.2", "10", "'6.1.0-56-amd64'"])
def test_a_version_is_what_begins_like_one(tmp_path, version):
    found = probe(described(tmp_path, f"name = 'm'\ncommand = ['sh', '{{image}}']\nfacts.qemu = {version}"))
    assert found.facts["qemu"] == version.strip("'")


def test_the_page_names_each_fact():
    (row,) = (line for line in PAGE.splitlines() if line.startswith("| `facts` |"))
    assert set(re.findall(r"`(\w+)`", row)) == {"facts", *FACTS}


@fault("file", "PLATFORM=nosuch.toml", "exit status 2: PLATFORM=nosuch.toml: No such file")
def test_a_file_that_is_not_there():
    with pytest.raises(WrongQuestion, match="PLATFORM=nosuch.toml: No such file"):
        probe("nosuch.toml")


@fault("file", "PLATFORM= a directory, a pipe, a device", "exit status 2: Is a directory, a pipe, a device, not a file")
@pytest.mark.skipif(os.name != "posix", reason="there are no such files here")
def test_what_is_no_file_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path, words in ((tmp_path, "Is a directory"), (tmp_path / "pipe", "Is a pipe"), ("/dev/zero", "Is a device")):
        with pytest.raises(WrongQuestion, match=f"^PLATFORM={path}: {words}, not a file"):
            probe(str(path))


def test_a_brace_is_doubled(tmp_path):
    platform = shell(tmp_path, "", "facts = {}")
    platform.words = ["x", "{{{image}}}", "}}{{", "{cmdline}"]
    assert platform.command(Path("/i"), "*", tmp_path)[1:] == ["{/i}", "}{", "cases=*"]


@pytest.mark.slow
def test_it_stands_beside_accelerators_that_are_asked_for(tmp_path):
    path = described(tmp_path, f"name = 'mine'\ncommand = ['{sys.executable}', '{{image}}']")
    names = [platform.name for platform in find_platforms(make_target(platform=path, accel="mshv"), "")]
    assert names == ["mine", "mshv"]
    assert [platform.name for platform in find_platforms(make_target(platform=path), "references")] == ["mine"]
