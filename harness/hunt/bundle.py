# SPDX-License-Identifier: BSD-2-Clause
"""What a bug report needs, in one archive: a VM's folder, its image, its cases, and the text, with nothing private."""

import getpass
import platform as host
import re
import shutil
import socket
import tarfile
from io import StringIO
from pathlib import Path
from string import Template

from rich.console import Console

from harness.catalogue.files import file_of, files_of
from harness.hunt.look import Finding, look
from harness.judging.compare import align
from harness.judging.result import Result
from harness.lab import cache
from harness.platform import Platform
from harness.report import terminal
from harness.runs import record
from harness.system import process
from harness.system.last_words import telling_line
from harness.system.places import ROOT, TEMPLATES
from harness.vm.backtrace import of_dead_thread


# Which trackers' forms an accelerator's bugs are written up in.
FORMS = {"kvm": ("qemu.md", "kernel.txt"), "bochs": ("bochs.md",)}
QEMU_FORMS = ("qemu.md",)

# What all Unix systems have, and so tells nothing of this one.
PUBLIC = ("/bin/", "/usr/bin/", "/usr/local/bin/", "/usr/libexec/")

# A line of a `command` that assigns a program: default_of() in harness/platform/base.py.
DEFAULT = re.compile(r"^(\w+)=\$\{(\w+):-(.*)\}$", re.MULTILINE)

SMALLEST_NAME = 4  # characters; shorter words than that are in everything
COMMON_NAMES = ("root", "user", "localhost")


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
    for case in dict.fromkeys(result.name for result in results):
        for path in files_of(case):
            place = target / path.relative_to(ROOT)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, place)
    shutil.copy(ROOT / "bugs" / f"{name}.toml", target)
    make_portable(command, platform.description)
    values = _values(finding, platform, first)
    for form in FORMS.get(platform.facts["accel"], QEMU_FORMS):
        text = Template((TEMPLATES / form).read_text(encoding="utf-8")).substitute(values)
        (target / f"report-{form}").write_text(re.sub(r"\n{3,}", "\n\n", text).strip() + "\n", encoding="utf-8")
    make_public(target, private_words(folder, platform))
    archive = folder / f"{name}.tar.gz"
    with tarfile.open(archive, "w:gz") as file:
        file.add(target, name, filter=_of_nobody)
    shutil.rmtree(target)
    return archive


def _of_nobody(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


def make_portable(path: Path, description: str) -> None:
    """Has a `command` find its programs on any machine, or say which one it wants."""

    def elsewhere(found: re.Match) -> str:
        variable, environment, value = found.groups()
        public = next((value.removeprefix(place) for place in PUBLIC if value.startswith(place)), value)
        if environment == "TRAPLINE":
            return f"{variable}=${{{environment}:-.}}"
        if "/" in public:
            return f"{variable}=${{{environment}:?say {environment}=path: the report is of {description}}}"
        return f"{variable}=${{{environment}:-{public}}}"

    path.write_text(DEFAULT.sub(elsewhere, path.read_text(encoding="utf-8")), encoding="utf-8")


def private_words(folder: Path, platform: Platform) -> dict[str, str]:
    """What must not leave this machine, with what stands for it: the longest first."""
    program = Path(platform.program)
    words = {
        f"{folder}/": "",
        str(ROOT): "trapline",
        str(cache.root()): "lab",
        str(process.private_root()): "private",
        f"{program.parent}/": "" if not str(program).startswith(PUBLIC) else f"{program.parent}/",
        str(Path.home()): "~",
    }
    for name, word in ((getpass.getuser(), "user"), (socket.gethostname(), "host")):
        if is_telling(name):
            words[name] = word
    return dict(sorted(words.items(), key=lambda item: -len(item[0])))


def is_telling(name: str) -> bool:
    """Whether a user's or a host's name tells anything."""
    return len(name) >= SMALLEST_NAME and name not in COMMON_NAMES


def make_public(directory: Path, words: dict[str, str]) -> None:
    """Replaces these words in all text files."""
    for path in directory.rglob("*"):
        if path.is_file() and path.suffix not in (".elf", ".iso", ".c"):
            text = path.read_bytes()
            for word, other in words.items():
                text = re.sub(rb"(?<!\w)" + re.escape(word.encode()), other.encode(), text)
            path.write_bytes(text)


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
        "cpu": "; ".join(platform.reservations) if emulated else process.cpu_name(),
        "qemu": platform.versions.get("qemu", "")
        + f" ({platform.versions.get('qemu_package') or 'built from source'})",
        "bochs": platform.versions.get("bochs", ""),
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
    if result.stderr.strip():
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
