# SPDX-License-Identifier: BSD-2-Clause
"""A known bug written up for the tracker of the project that has it, with all that shows it there: an image, a line."""

import itertools
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

from harness.catalogue.files import file_of, files_of
from harness.catalogue.log_file import GUEST, read_comments, read_seen
from harness.catalogue.required import log_of
from harness.catalogue.source import without_licence
from harness.debugger.command_file import command_file
from harness.debugger.gdb import GDB_OPTIONS
from harness.hunt.specimen import Specimen, Specimens
from harness.hunt.standing import COMMIT, is_observed, reports_of
from harness.judging.affected import PROGRAMS, affected
from harness.judging.bugs import Bug, Sighting, as_list
from harness.judging.compare import align, excerpt
from harness.judging.explain import facts_of
from harness.media.iso import make_iso
from harness.platform import QEMUS
from harness.platform.engines import ENGINES
from harness.platform.qemu import QEMU, options, with_properties
from harness.platform.target import Hardware
from harness.platform import xen
from harness.platform.v86 import SCRIPT
from harness.report.forms import fill_in
from harness.report.terminal import collapsed
from harness.runs.record import write_text
from harness.system import files
from harness.system.limits import Deadlines
from harness.system.places import BUILD, ROOT
from harness.system.whole import whole
from harness.vm.bochs import Configuration

# Each program's form in harness/report/templates/upstream/.
FORMS = {"qemu": "qemu.md", "kernel": "kernel.txt", "bochs": "bochs.md", "v86": "v86.md", "xen": "xen.txt"}

# What the files are called, whichever bug: command lines name them.
IMAGE, ISO, GDB_FILE, BOCHSRC = "trapline.elf", "trapline.iso", "trapline.gdb", "bochsrc"

GDB_ADDRESS = "127.0.0.1:1234"

# Lines of a log that are all shown, and of a case.
MOST_ROWS, MOST_SOURCE = 24, 80

# The versions of a bug that is tied to none.
EVERY = "each version that was tried"

# What every bug's file says, as long as it is so.
UNSENT = re.compile(r" *Found by this project; not reported( yet)?\.?")


def write_up(specimen: Specimen, specimens: Specimens) -> str:
    """The report's text."""
    return fill_in(FORMS[specimen.program], _values(specimen, specimens))


def write_folder(specimen: Specimen, text: str, deadlines: Deadlines) -> Path:
    """Writes the report, and what it says that is attached, into a folder of the bug's own; returns that."""
    folder = BUILD / "upstream" / specimen.bug.name
    write_text(folder / f"report{Path(FORMS[specimen.program]).suffix}", text)
    with whole(folder / IMAGE) as beside:
        shutil.copyfile(specimen.image.path, beside)
    if specimen.program == "bochs":
        image = specimen.image
        make_iso(folder / ISO, [image.path], deadlines, default=image.name, timeout="0", cases=specimen.case)
        write_text(folder / BOCHSRC, "\n".join([*_bochsrc(specimen), ""]))
    if specimen.program == "v86":
        write_text(folder / SCRIPT.name, files.read_text(SCRIPT))
    if specimen.debugger != "detached":
        write_text(folder / GDB_FILE, gdb_commands(specimen))
    return folder


def command_line(specimen: Specimen) -> list[str]:
    """The words that boot the case, with the guest's log on the terminal; those of the harness, but for paths."""
    facts = specimen.facts
    if specimen.program == "bochs":
        return ["bochs", "-q", "-f", BOCHSRC]
    if specimen.program == "v86":
        return ["node", SCRIPT.name, "node_modules/v86", IMAGE, f"cases={specimen.case}"]
    if specimen.program == "xen":
        words = xen.machine("qemu-system-x86_64", "xen", facts["cpu"], int(facts["cpus"]))
        return [*words, *xen.with_dom0(IMAGE, f"cases={specimen.case}"), "-serial", "stdio", "-serial", "file:xen.log"]
    cpu = "" if facts["cpu"] == "default" else facts["cpu"]
    hardware = Hardware(facts["machine"], "", cpu, int(facts["cpus"]))
    accel, further = with_properties(QEMUS[facts["accel"]], ENGINES[facts["engine"]], facts["qemu"])
    qemu = QEMU(
        name=accel,
        program="qemu-system-x86_64",
        description="",
        facts={},
        versions={},
        options=options(accel, hardware) + further,
    )
    waits = ["-S", "-gdb", f"tcp:{GDB_ADDRESS}"] if specimen.debugger != "detached" else []
    return [*qemu.command(Path(IMAGE), specimen.case), "-serial", "stdio", *waits]


def gdb_commands(specimen: Specimen) -> str:
    """gdb's command file for the case alone."""
    return command_file(specimen.debugger, specimen.image.narrowed(lambda case: case == specimen.case))


def gdb_line() -> str:
    """The command that runs gdb by that file."""
    return shlex.join(["gdb", *GDB_OPTIONS, "-ex", f'set $connection = "{GDB_ADDRESS}"', "-x", GDB_FILE])


def comments_of(bug: Bug, sighting: Sighting) -> list[str]:
    """What a bug's file says in its comments, at its beginning and before this sighting, a paragraph each.

    Without what is no longer true once it is sent, and commands of ours.
    """
    lines = without_licence(files.read_text(ROOT / "bugs" / f"{bug.name}.toml").splitlines())
    places = [place for place, line in enumerate(lines) if line.strip() == "[[seen]]"]
    own = places[bug.seen.index(sighting)]
    before = list(itertools.takewhile(_is_comment, reversed(lines[:own])))[::-1]
    blocks = [list(itertools.takewhile(_is_comment, lines)), before]
    texts = [[line.removeprefix("#").strip() for line in block] for block in blocks]
    paragraphs = [" ".join(line for line in text if line and not line.startswith("make ")) for text in texts]
    return [words for paragraph in paragraphs if (words := UNSENT.sub("", paragraph).strip())]


def _is_comment(line: str) -> bool:
    return line.startswith("#")


def _bochsrc(specimen: Specimen) -> list[str]:
    configuration = Configuration(
        program="bochs",
        version=specimen.facts["bochs"],
        debugger=False,
        sound=False,
        display="term",
        model=specimen.facts["cpu"],
        cpus=int(specimen.facts["cpus"]),
    )
    return configuration.lines(ISO)


def _values(specimen: Specimen, specimens: Specimens) -> dict[str, Any]:
    """What the forms ask for."""
    bug, result, facts = specimen.bug, specimen.foretold, specimen.facts
    with_gdb = specimen.debugger != "detached"
    program = specimen.program
    rows = align(result.required or [], result.seen)
    debugger_rows = align(result.debugger_required or [], result.debugger_seen)
    rewrites = specimen.sighting.rewrites
    return {
        "title": bug.title,
        "case": specimen.case,
        "source": _source(specimen),
        "expected": _expected(specimen),
        "reasons": _reasons(specimen, specimens),
        "comparison": [] if rewrites and result.required == result.seen else _difference(rows),
        "debugger_comparison": _difference(debugger_rows) if rewrites and specimen.sighting.debugger_rewrite else [],
        "extra": specimen.sighting.debugger_extra,
        "ending": _ending(specimen),
        "others": [other.title for other in specimen.others],
        "observed": (affected(bug, facts["accel"]) or EVERY) if any(map(is_observed, bug.seen)) else "",
        "predicted": affected(bug, facts["accel"], "source"),
        "clean": _clean(bug),
        "files": _attached(specimen),
        "command": shlex.join(command_line(specimen)),
        "gdb_command": gdb_line() if with_gdb else "",
        "preparation": _preparation(program, facts),
        "result": _what_comes(specimen),
        "notes": comments_of(bug, specimen.sighting),
        "agreeing": _agreeing(specimen),
        "elsewhere": _elsewhere(specimen, specimens),
        "reports": reports_of(bug),
        "commits": [address for address in bug.reports if COMMIT in address],
        "name": bug.name,
        "version": facts[program],
        "qemu": facts.get("qemu", ""),
        "cpu": facts["cpu"],
        "backend": facts["backend"],
        "bochsrc": _bochsrc(specimen) if program == "bochs" else [],
        "any_host": facts["accel"] not in ("kvm", "whpx"),
        "kernel": f"Linux {facts['kernel']}, " if facts["accel"] == "kvm" else "",
    }


def _preparation(program: str, facts: dict[str, str]) -> str:
    if program == "v86":
        return f", after `npm install v86@{facts['v86']}` there"
    return ", where `xen` is the unpacked xen.gz" if program == "xen" else ""


def _source(specimen: Specimen) -> list[str]:
    """The case's source, without the licence's line; of a long one, the end, where the case itself is."""
    path = file_of(specimen.name, ".c")
    lines = without_licence(files.read_text(path).splitlines())
    return lines if len(lines) <= MOST_SOURCE else [f"/* ... {path.name} */", *lines[-MOST_SOURCE:]]


def _log_path(specimen: Specimen) -> Path | None:
    """The file of the required log; None where that is computed."""
    there = {path.name: path for path in files_of(specimen.name)}
    return there.get(log_of(specimen.name, specimen.facts["vendor"], there))


def _expected(specimen: Specimen) -> list[str]:
    rows = align(specimen.foretold.required or [], specimen.foretold.required or [])
    lines = [row.required or "" for row in rows[:MOST_ROWS]]
    left = len(rows) - len(lines)
    return [*(lines or ["(no line: the case meets no exception)"]), *([f"... and {left} lines more"] if left else [])]


def _reasons(specimen: Specimen, specimens: Specimens) -> list[str]:
    """Why, with the manuals' sections: the comments of the required log, or those of the rules that it follows from."""
    path = _log_path(specimen)
    if path is None:
        rules = specimens.required.rules(specimen.case)
        return [
            f"{each.name}: {each.section}"
            for each in getattr(rules, "registers", ())
            if any(f" {each.name}=" in line for line in specimen.foretold.required or [])
        ]
    comments = [line for _, line in read_comments(path) if line.startswith(";")]
    lines = [line.removeprefix(";").strip() for line in without_licence(comments)]
    return [line for line in lines if line]


def _difference(rows: list) -> list[str]:
    """The two logs as a diff: all of a short one, else what differs with some lines around it."""
    kept = rows if len(rows) <= MOST_ROWS else excerpt(rows)
    lines = []
    for row, repeated in collapsed(kept):
        if row.same:
            lines.append(f"  {row.required}")
        else:
            lines += [f"{sign} {line}" for sign, line in (("-", row.required), ("+", row.seen)) if line is not None]
        lines += [f"  ... and the same {repeated} more times"] if repeated else []
    return lines


def _ending(specimen: Specimen) -> str:
    """How it ends, where it is not by what the guest logs."""
    sighting = specimen.sighting
    if sighting.rewrites:
        return ""
    ways = {
        "crash": "There the hypervisor dies",
        "backend": "There the hypervisor stops the machine",
        "reset": "There the machine is reset",
        "hang": "There nothing more comes",
        "cut": "There the log ends",
        "differs": "What comes instead is another thing each time",
    }
    said = sighting.stderr or sighting.cause
    return f"{ways[sighting.verdict]}{f': {said}' if said else ''}."


def _attached(specimen: Specimen) -> str:
    names = {"bochs": f"`{ISO}` and `{BOCHSRC}`", "v86": f"`{IMAGE}` and `{SCRIPT.name}`"}
    words = names.get(specimen.program, f"`{IMAGE}`")
    return f"{words} and `{GDB_FILE}`" if specimen.debugger != "detached" else words


def _what_comes(specimen: Specimen) -> str:
    if specimen.program == "bochs":
        return (
            "The log is then in `serial.log`. Any `display_library` will do; a Bochs with a debugger wants `c` first. "
            f"On other boot loaders, `{IMAGE}` with `cases={specimen.case}` is the same."
        )
    if not specimen.sighting.rewrites:
        return "It prints the log up to there. Where it does not end, Ctrl-C ends it."
    return "It prints the log and ends by itself."


def _clean(bug: Bug) -> list[str]:
    found = []
    for sighting in bug.seen:
        for conditions in sighting.clean:
            words = [f"{PROGRAMS.get(key, key)} {' or '.join(as_list(value))}" for key, value in conditions.items()]
            found.append(", ".join(words))
    return list(dict.fromkeys(found))


def _agreeing(specimen: Specimen) -> list[str]:
    path = _log_path(specimen)
    return read_seen(path).get((GUEST, specimen.case), []) if path else []


def _elsewhere(specimen: Specimen, specimens: Specimens) -> list[str]:
    """Bugs of other programs that show in the case."""
    result = specimen.foretold
    where = facts_of(result, {})
    found: dict[str, str] = {}
    for other in specimens.by_case.of(result.name):
        for sighting in other.seen:
            accel = as_list(sighting.where.get("accel", ""))[0]
            strange = accel not in ("", specimen.facts["accel"]) and not sighting.needs and not sighting.dies
            if strange and is_observed(sighting) and sighting.may_show(where) and sighting.concerns(result):
                versions = affected(other, accel)
                found[other.name] = f"{other.title} ({versions or EVERY})"
    return list(found.values())
