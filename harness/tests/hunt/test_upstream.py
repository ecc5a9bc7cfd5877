# SPDX-License-Identifier: BSD-2-Clause
"""Known bugs written up for other projects' trackers: every open one, whole, with a command line that shows it.

docs/upstream/ has them all: `python3 -m harness.tests.hunt.test_upstream` writes it.
"""

import getpass
import os
import re
import shlex
import shutil
import socket
import subprocess
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from packaging.version import Version

from harness.catalogue.image import read_images
from harness.hunt.specimen import Specimen, Specimens
from harness.hunt.standing import Newest, Standing, reports_of, standing_of
from harness.hunt.upstream import FORMS, GDB_FILE, IMAGE, command_line, comments_of, gdb_commands, write_up
from harness.judging.affected import PROGRAMS
from harness.judging.bugs import Bug, read_bug
from harness.platform import Unusable, find_platforms
from harness.platform.qemu import QEMU
from harness.report.forms import fenced, prose
from harness.runs.private_words import is_telling
from harness.system import files
from harness.system.errors import WrongQuestion
from harness.system.places import ROOT
from harness.tests.known_bugs import BUGS
from harness.verbs.upstream import upstream

SPECIMENS = Specimens(BUGS, read_images())
OPEN = [bug for bug in BUGS if standing_of(bug, SPECIMENS.newest) is Standing.OPEN]

ONE_OF_EACH = ("tcg-hlt-tf", "kvm-iobreak", "bochs-init", "v86-tf")

# What a template's own words would leave, and what a value that is not there would.
LEFT_OVER = re.compile(r"\{\{ |\{% |\{# | #\}|\bNone\b(?! of)|Undefined|<harness")

DRAFTS = ROOT / "docs" / "upstream"
INDEX = "README.md"


@cache
def specimen_of(name: str) -> Specimen:
    return SPECIMENS.of(read_bug(ROOT / "bugs" / f"{name}.toml"))


def draft(bug: Bug) -> str:
    """The name of the file with its report."""
    return f"{bug.name}{Path(FORMS[specimen_of(bug.name).program]).suffix}"


def index() -> str:
    """A row for each report: to whom, of what, and whether it was sent."""
    rows = []
    for bug in sorted(OPEN, key=lambda bug: specimen_of(bug.name).program):
        state = " ".join(reports_of(bug)) or "not sent"
        rows.append(f"| {PROGRAMS[specimen_of(bug.name).program]} | [{bug.title}]({draft(bug)}) | {state} |")
    return f"""\
# Reports to be sent

Each known bug that is in the newest version that `bugs/` speaks of, written up for whoever has it, and whether it was
sent. `make upstream BUG=NAME` makes the same with all that is to be attached; [docs/upstream.md](../upstream.md) says
what is to be done before one is sent.

Written from `bugs/` and `cases/` by `python3 -m harness.tests.hunt.test_upstream`; a test holds them to that.

| to | what | state |
| --- | --- | --- |
{chr(10).join(rows)}
"""


def names(bugs: list[Bug]) -> list[str]:
    return [bug.name for bug in bugs]


@pytest.mark.parametrize("bug", OPEN, ids=names(OPEN))
def test_every_open_bug_renders(bug):
    specimen = specimen_of(bug.name)
    text = write_up(specimen, SPECIMENS)
    assert text == files.read_text(DRAFTS / draft(bug)), "written anew by python3 -m harness.tests.hunt.test_upstream"
    assert not LEFT_OVER.search(text)
    assert str(ROOT) not in text and str(Path.home()) + "/" not in text
    for word in filter(is_telling, (getpass.getuser(), socket.gethostname())):
        assert not re.search(rf"\b{re.escape(word)}\b", text)
    assert bug.title in text and f"bugs/{bug.name}.toml" in text
    assert "not reported yet" not in text and "SPDX" not in text
    assert shlex.join(command_line(specimen)) in text
    assert f"CASE({specimen.name}, " in text.replace("(\n", "(")
    foretold = specimen.foretold
    odd = [line for line in foretold.required if line not in foretold.seen]
    assert all(re.search(rf"^ *- {re.escape(line)}$", text, re.MULTILINE) for line in odd) or len(odd) > 20
    assert odd or foretold.seen != foretold.required or foretold.debugger_seen != foretold.debugger_required
    assert ("Comment there, and open nothing new" in text) == bool(reports_of(bug))
    assert (GDB_FILE in text) == (specimen.debugger != "detached")


def test_the_drafts_are_those_of_the_open_bugs():
    assert {path.name for path in DRAFTS.iterdir()} == {INDEX, *map(draft, OPEN)}
    assert files.read_text(DRAFTS / INDEX) == index()


def test_each_tracker_has_its_form():
    specimens = [specimen_of(name) for name in ONE_OF_EACH]
    forms = {specimen.program: write_up(specimen, SPECIMENS) for specimen in specimens}
    assert "\n## Host environment\n - Operating system: " in forms["qemu"]
    assert "\n## Steps to reproduce\n" in forms["qemu"] and "\n## Additional information\n" in forms["qemu"]
    assert (
        forms["kernel"].startswith("To: kvm@vger.kernel.org\nSubject: KVM raises no #DB ")
        and "```" not in forms["kernel"]
    )
    assert forms["qemu"].endswith('\n/label ~"kind::Bug"\n')
    assert "\nCPU:          [`model name` of /proc/cpuinfo], kvm_" in forms["kernel"]
    assert "\ncpu: model=corei7_haswell_4770, count=" in forms["bochs"]
    assert "bochs -q -f bochsrc" in forms["bochs"] and "npm install v86@" in forms["v86"]


def test_a_bug_that_is_reported_asks_for_no_label():
    assert "/label" not in write_up(specimen_of("qemu-1045"), SPECIMENS)


def test_a_mail_fits_its_columns_but_for_code_and_its_subject():
    mails = [path for path in DRAFTS.iterdir() if path.suffix == ".txt"]
    assert mails
    for path in mails:
        body = files.read_text(path).partition("\n\n")[2]
        assert [line for line in body.splitlines() if len(line) > 72 and line[0] != " " and " " in line] == []


def test_the_log_that_is_foretold_is_the_required_one_rewritten():
    specimen = specimen_of("tcg-dbreak-mov-ss")
    changed = zip(specimen.foretold.required, specimen.foretold.seen)
    assert [line.replace("rip=second", "rip=first") for line, _ in changed] == specimen.foretold.seen


def test_of_cases_with_logs_of_one_length_the_shortest_is_shown():
    """An interrupt's RF shows in a nested guest as well, with one line of a log."""
    shown = specimen_of("tcg-interrupt-rf")
    longer = replace(shown, case="nested_gif_exit@kernel64")
    assert shown.size < longer.size and shown.size[:2] == longer.size[:2]


def test_a_bug_of_the_cpu_alone_has_no_report():
    for name in ("no-btf", "xmhf-2540p", "bochs-vmx-icebp-tf"):
        bug = read_bug(ROOT / "bugs" / f"{name}.toml")
        assert standing_of(bug, SPECIMENS.newest) is Standing.NO_BUG
        with pytest.raises(WrongQuestion, match=f"BUG={name}: it is no bug of a hypervisor's"):
            SPECIMENS.of(bug)


SEEN = """\
title = "t"
reports = []
case = "icebp"

[[seen]]
accel = "tcg"
{conditions}
rewrite = [["#DB", "#UD"]]
"""


@pytest.mark.parametrize(
    "conditions, state",
    [
        ('qemu = "<11.2"', Standing.OPEN),
        ("", Standing.OPEN),
        ('qemu = ["<5.2", ">=10.0"]', Standing.OPEN),
        ('qemu = "<11.1"', Standing.UNKNOWN),
        ('qemu = ">=11"\nbasis = "source"', Standing.PREDICTED),
    ],
)
def test_what_is_open_is_what_is_in_the_newest_version_of_all_files(tmp_path, conditions, state):
    (tmp_path / "one.toml").write_text(SEEN.format(conditions=conditions))
    assert standing_of(read_bug(tmp_path / "one.toml"), Newest({"qemu": Version("11.1")}, {})) is state


def test_a_bug_that_was_looked_for_in_the_newest_version_is_absent(tmp_path):
    text = SEEN.format(conditions='qemu = "<9.1"') + '[[seen.clean]]\nqemu = ">=10.0"\n'
    (tmp_path / "one.toml").write_text(text)
    assert standing_of(read_bug(tmp_path / "one.toml"), Newest({"qemu": Version("11.1")}, {})) is Standing.ABSENT


def test_a_report_keeps_what_the_file_says_and_not_that_it_was_not_sent():
    bug = read_bug(ROOT / "bugs" / "bochs-init.toml")
    old, new, _ = (comments_of(bug, sighting) for sighting in bug.seen)
    assert old[0] == new[0] and old[0].startswith("BX_CPU_C::reset() (cpu/init.cc) sets most registers alike")
    assert old[0].endswith("has the sections).")
    assert old[1:] == ["Seen on Debian's 2.7."] and len(new) == 2 and new[1].startswith("Since 3.0, `cr2 = 0`")


def test_markdown_takes_nothing_of_a_text_for_its_own():
    assert prose("init_* and <b> <3") == "init_\\* and \\<b> <3"
    assert fenced(["a"], "c") == "```c\na\n```"


def test_an_unknown_bug_is_a_wrong_question(settings):
    with pytest.raises(
        WrongQuestion, match="BUG=nosuch: there is no bugs/nosuch.toml: 'make list' shows what there is"
    ):
        upstream(settings, "nosuch")


def test_without_a_bug_the_open_ones_are_listed(settings, capsys):
    assert upstream(settings, "") == 0
    rows = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if line.startswith("  ")}
    assert list(rows) == names(OPEN)
    assert " not sent " in rows["tcg-init-cr0"] and " reported " in rows["qemu-1045"]


def shown_by(name: str, version: str) -> Specimen:
    """The specimen of a bug; skips where the QEMU of this version does not have it."""
    specimen = specimen_of(name)
    if not specimen.sighting.may_show({"qemu": version}):
        pytest.skip(f"QEMU {version} does not have {name}")
    return specimen


@pytest.mark.slow
def test_the_printed_command_line_shows_the_bug(settings, tmp_path):
    """As it stands, in a folder that has what is attached, and nothing else."""
    (platform,) = find_platforms(settings.target, "tcg")
    if isinstance(platform, Unusable) or not isinstance(platform, QEMU):
        pytest.skip("no TCG here")
    specimen = shown_by("tcg-init-cr0", platform.facts["qemu"])
    printed = re.search(r"^qemu-system-x86_64 .*", write_up(specimen, SPECIMENS), re.MULTILINE).group()
    words = platform.command(specimen.image.path, specimen.case, console=False)
    booted = [*words[1:], "-serial", "stdio"]
    assert shlex.split(printed)[1:] == [IMAGE if word == str(specimen.image.path) else word for word in booted]
    shutil.copy(specimen.image.path, tmp_path / IMAGE)
    (tmp_path / "qemu-system-x86_64").symlink_to(platform.program)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        printed,
        shell=True,
        cwd=tmp_path,
        env=os.environ | {"PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=settings.deadlines(60),
    )
    lines = done.stdout.replace("\r", "").splitlines()
    begin, end = lines.index(f"begin {specimen.case}"), lines.index(f"end {specimen.case}")
    assert lines[begin + 1 : end] == specimen.foretold.seen != specimen.foretold.required


def test_gdb_has_the_case_s_commands_alone():
    specimen = specimen_of("tcg-watch-dr")
    commands = gdb_commands(specimen)
    assert f'printf "| script {specimen.case}\\n"' in commands and commands.count("| script ") == 1
    assert "source harness/debugger/commands/common.gdb" not in commands.splitlines()


if __name__ == "__main__":
    shutil.rmtree(DRAFTS, ignore_errors=True)
    DRAFTS.mkdir()
    for each in OPEN:
        (DRAFTS / draft(each)).write_text(write_up(specimen_of(each.name), SPECIMENS), encoding="utf-8")
    (DRAFTS / INDEX).write_text(index(), encoding="utf-8")
