# SPDX-License-Identifier: BSD-2-Clause
"""What a bug report needs, in one archive: a VM's folder, its image, its cases, and the text, with nothing private."""

import platform as host
import re
import shutil
from io import StringIO
from pathlib import Path
from string import Template

from rich.console import Console

from harness.catalogue.files import file_of, files_of
from harness.hunt.look import Finding, look
from harness.judging.compare import align
from harness.judging.result import Result, Verdict
from harness.platform import Platform
from harness.report import terminal
from harness.runs import record
from harness.runs.private_words import private_words
from harness.runs.public import ARCHIVE, make_public, pack
from harness.system import process
from harness.system.last_words import telling_line
from harness.system.places import ROOT, TEMPLATES
from harness.system.whole import whole
from harness.vm.backtrace import of_dead_thread
from harness.vm.script import portable


# Which trackers' forms an accelerator's bugs are written up in.
FORMS = {"kvm": ("qemu.md", "kernel.txt"), "bochs": ("bochs.md",), "xen": ("xen.txt",), "v86": ("v86.md",)}
QEMU_FORMS = ("qemu.md",)


def write_bundle(finding: Finding, platform: Platform, folder: Path) -> Path:
    """Packs the first VM that showed the bug into `folder`; returns the archive's path."""
    name = finding.bug.name
    first = finding.results[0]
    results = [result for result in finding.results if result.run == first.run]
    target = folder / name
    shutil.copytree(first.run, target / "vm")
    command = target / "vm" / "command"
    for image in folder.glob("*.elf"):
        if image.name in command.read_text(encoding="utf-8"):
            shutil.copy(image, target)
    command.write_text(portable(command.read_text(encoding="utf-8"), platform.description), encoding="utf-8")
    values = _values(finding, platform, first)
    for form in FORMS.get(platform.facts["accel"], QEMU_FORMS):
        text = Template((TEMPLATES / form).read_text(encoding="utf-8")).substitute(values)
        (target / f"report-{form}").write_text(re.sub(r"\n{3,}", "\n\n", text).strip() + "\n", encoding="utf-8")
    make_public(target, private_words(folder, [platform.program]))
    for case in dict.fromkeys(result.name for result in results):
        for path in files_of(case):
            place = target / path.relative_to(ROOT)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, place)
    shutil.copy(ROOT / "bugs" / f"{name}.toml", target)
    archive = folder / f"{name}{ARCHIVE}"
    with whole(archive) as beside:
        pack(target, beside, name)
    shutil.rmtree(target)
    return archive


def _values(finding: Finding, platform: Platform, first: Result) -> dict[str, str]:
    """What the forms in harness/report/templates/ ask for."""
    kernel = platform.facts.get("kernel") or host.release()
    emulated = platform.name.partition("@")[2]
    needs = f"; in a checkout of Trapline, after `make lab`, for the host is emulated ({emulated})" if emulated else ""
    gdb = record.gdb_version(first.run)
    return {
        "title": finding.bug.title,
        "archive": f"{finding.bug.name}.tar.gz",
        "bundle": finding.bug.name,
        "case": first.case,
        "source": str(file_of(first.name, ".c").relative_to(ROOT)),
        "platform": f"{platform.name}: {platform.description}",
        "debugger_words": f"while a gdb ({gdb}) did what vm/debugger.gdb says" if gdb else "without a gdb",
        "what": f"Seen: {look(first)}.",
        "comparison": _comparison(first),
        "system": _system(),
        "kernel": f"Linux {kernel}",
        "cpu": "; ".join(platform.reservations) if emulated or platform.facts["accel"] == "xen" else process.cpu_name(),
        "qemu": platform.versions.get("qemu", "")
        + f" ({platform.versions.get('qemu_package') or 'built from source'})",
        "bochs": platform.versions.get("bochs", ""),
        "xen": platform.versions.get("xen", ""),
        "v86": platform.versions.get("v86", ""),
        "command_line": _command_line((first.run / "command").read_text(encoding="utf-8")),
        "needs": needs,
        "more": _more(finding, first),
    }


def _command_line(command: str) -> str:
    """QEMU's command line in the text of a `command`, as it would be typed; empty for Bochs, which has a file."""
    found = re.search(r"( -machine .*? -append \S+)", command)
    return f"qemu-system-x86_64{found.group(1)}".replace('"$here/../', '"') if found else ""


def _comparison(result: Result) -> str:
    """Both logs of each observer, where they differ."""
    parts = []
    pairs = (("guest", result.required, result.seen), ("debugger", result.debugger_required, result.debugger_seen))
    for observer, required, seen in pairs:
        if required is not None and seen != required:
            text = StringIO()
            terminal.print_difference(Console(file=text, width=terminal.UNLIMITED), align(required, seen))
            words = "required (-) and seen (+), with [[brackets]] around the words that differ"
            parts.append(f"The {observer}'s log, {words}:\n\n{text.getvalue()}")
    return "\n".join(parts)


def _more(finding: Finding, result: Result) -> str:
    """QEMU's message, the backtrace, and what is known."""
    parts = []
    if result.stderr.strip() and result.plain and result.plain.verdict in (Verdict.CRASH, Verdict.BACKEND):
        parts.append(f"It said: `{telling_line(result.stderr.splitlines())}`")
    backtrace = result.run / "backtrace.txt"
    if backtrace.exists() and (frames := of_dead_thread(backtrace.read_text(encoding="utf-8"))):
        parts.append("Its call chain (all threads are in vm/backtrace.txt):\n\n" + _indented(frames))
    dump = result.run / "dump.txt"
    if dump.exists():
        parts.append("The guest's dump, and its addresses (vm/dump.txt):\n\n" + _indented(dump.read_text("utf-8")))
    also = ", ".join(f"{other.case} {other.debugger}" for other in finding.results[1:])
    if also:
        parts.append(f"The same shows in: {also}.")
    if finding.bug.reports:
        parts.append("Earlier reports:\n" + "\n".join(f"- {address}" for address in finding.bug.reports))
    return "\n\n".join(parts)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


def _system() -> str:
    try:
        return host.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return host.system()
