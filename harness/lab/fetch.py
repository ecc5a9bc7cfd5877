# SPDX-License-Identifier: BSD-2-Clause
"""Kernels, QEMUs, Xens and Bochses of Debian's suites, cut down to what a host, a QEMU on it and a guest need."""

import functools
import re
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from harness.lab import apt, cache, modules, packed
from harness.lab.apt import Suite
from harness.system import process
from harness.system.errors import WrongQuestion
from harness.system.last_words import telling_line
from harness.system.printable import printable_text

# Which suite has which kernel, QEMU, Xen and Bochs; the last one has the newest, but of Xens, of which the one before
# has it.
SUITES = {
    "bullseye": {"linux": "5.10", "qemu": "5.2", "xen": "4.14"},
    "bookworm": {"linux": "6.1", "qemu": "7.2", "xen": "4.17", "bochs": "2.7"},
    "trixie": {"linux": "6.12", "qemu": "10.0", "xen": "4.20", "bochs": "3.0"},
    "sid": {"linux": cache.NEWEST, "qemu": cache.NEWEST, "bochs": cache.NEWEST},
}
META = {"linux": "linux-image-amd64", "qemu": "qemu-system-x86", "xen": "xen-system-amd64", "bochs": "bochs"}
PROGRAM = "qemu-system-x86_64"
BOCHS = "bochs-bin"
PROGRAMS = {"qemu": PROGRAM, "bochs": BOCHS}
XEN = "xen.gz"
DEADLINE = 20.0

# Below a Debian system's root.
ACCELERATORS = "usr/lib/x86_64-linux-gnu/qemu/accel-*-x86_64.so"
FIRMWARE = ("usr/share/qemu", "usr/share/seabios")
PLUGINS = "usr/lib/x86_64-linux-gnu/bochs/plugins"
DISPLAY = f"{PLUGINS}/libbx_term_gui.so"
ROMS = {
    "BIOS-bochs-latest": "usr/share/bochs/BIOS-bochs-latest",
    "VGABIOS-lgpl-latest": "usr/share/vgabios/vgabios.bin",
}
# What Bochs is nothing without, and does not depend on; of its displays, the smallest.
BOCHS_PARTS = ("bochs-term", "bochsbios", "vgabios")

NAMES = [f"{kind}-{table[kind]}" for kind in cache.KINDS for table in SUITES.values() if kind in table]


def resolve(name: str) -> tuple[str, str]:
    """The suite and the kind of a name that can be fetched."""
    for suite, table in SUITES.items():
        for kind, version in table.items():
            if name in (f"{kind}-{version}", f"{kind}-{version.removesuffix('.0')}"):
                return suite, kind
    raise WrongQuestion(f"{name}: there is nothing to fetch by this name: choose from {', '.join(NAMES)}")


def fetch(names: list[str], say: Callable[[str], None], missing: bool = False) -> None:
    """Fetches what is named, all that there is for an empty list, as far as it is not there in this very version.

    With `missing`, as far as it is not there in any version of its suite's, for which nobody is asked. Of several
    suites, at once: one waits for the mirror while another unpacks.
    """
    wanted: dict[str, list[str]] = {}
    there = {(item.origin, item.kind): item.name for item in cache.items()} if missing else {}
    for name in names or NAMES:
        suite, kind = resolve(name)
        if (suite, kind) in there:
            say(f"{there[suite, kind]} is there")
        else:
            wanted.setdefault(suite, []).append(kind)
    if not wanted:
        return
    cache.refuse_separators()
    address = apt.mirror()
    with cache.locked(lambda: say("another fetch is under way: waiting for it")), ThreadPoolExecutor() as pool:
        fetching = [pool.submit(_fetch_of, name, kinds, address, say) for name, kinds in wanted.items()]
        try:
            for each in fetching:
                each.result()
        except BaseException as error:
            if not isinstance(error, WrongQuestion):
                process.stop_all()
            raise


def _fetch_of(suite_name: str, kinds: list[str], address: str, say: Callable[[str], None]) -> None:
    work = Path(tempfile.mkdtemp(prefix=cache.UNFINISHED, dir=cache.root()))
    try:
        suite = Suite(suite_name, address, work)
        for kind in dict.fromkeys(kinds):
            package = suite.candidate(META[kind])
            there = [item for item in cache.items() if (item.kind, item.package) == (kind, package)]
            if there:
                say(f"{there[0].name} is there ({package}, {suite_name})")
                continue

            def fill(directory: Path, kind=kind, package=package) -> tuple[str, dict]:
                unpacked = Path(tempfile.mkdtemp(dir=work))
                version = FILLERS[kind](suite, package, unpacked, directory)
                shutil.rmtree(unpacked)
                table = {"kind": kind, "version": version, "package": package, "origin": suite_name}
                return f"{kind}-{version}", table

            say(f"{cache.make(fill).name} fetched ({package}, {suite_name})")
    except OSError as error:
        raise WrongQuestion(f"{cache.root()}: {error.strerror}") from None
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _kernel(suite: Suite, package: str, unpacked: Path, directory: Path) -> str:
    """The kernel, and those of its modules that a host needs; its version."""
    parts = [name for name in suite.closure(META["linux"]) if re.match(r"linux-(image|binary|modules)-\d", name)]
    if not parts:
        raise WrongQuestion(f"{suite.name}: {META['linux']} depends on no kernel")
    suite.unpack(parts, unpacked)
    images = [path for path in unpacked.rglob("vmlinuz*") if path.is_file()]
    if not images:
        raise WrongQuestion(f"{suite.name}: no kernel is in {', '.join(parts)}")
    shutil.copyfile(images[0], directory / "vmlinuz")
    (directory / "modules").mkdir()
    for name, data in modules.collect(unpacked, (*modules.AMD, *modules.INTEL)).items():
        (directory / "modules" / f"{name}.ko").write_bytes(data)
    return package.partition("-")[0]


def _xen(suite: Suite, package: str, unpacked: Path, directory: Path) -> str:
    """The hypervisor alone; its version."""
    parts = [name for name in suite.closure(META["xen"]) if re.match(r"xen-hypervisor-[\d.]+-amd64", name)]
    suite.unpack(parts, unpacked)
    images = [path for path in unpacked.rglob("xen-*.gz") if path.is_file()]
    if not images:
        raise WrongQuestion(f"{suite.name}: no hypervisor is in {', '.join(parts) or META['xen']}")
    shutil.copyfile(images[0], directory / XEN)
    return re.split("[^0-9.]", package)[0]


def _qemu(suite: Suite, package: str, unpacked: Path, directory: Path) -> str:
    """QEMU, packed, its firmware in share/, and accelerators that are not built in in modules/; its version."""
    suite.unpack(suite.closure(META["qemu"]), unpacked)
    script = packed.pack(
        unpacked / "usr/bin" / PROGRAM,
        unpacked,
        directory,
        f"{suite.name}: {META['qemu']}",
        'QEMU_MODULE_DIR="$here/modules"',
        '-L "$here/share"',
    )
    for part in ("share", "modules"):
        (directory / part).mkdir()
    for path in unpacked.glob(ACCELERATORS):
        shutil.copy(path, directory / "modules" / path.name)
    copy_firmware([unpacked / part for part in FIRMWARE], directory / "share")
    return qemu_version(script)[0]


def _bochs(suite: Suite, package: str, unpacked: Path, directory: Path) -> str:
    """Bochs, packed, its ROMs in share/ and its plugins in plugins/; its version."""
    suite.unpack(suite.closure(META["bochs"], *BOCHS_PARTS), unpacked)
    packed.pack(
        unpacked / "usr/bin" / BOCHS,
        unpacked,
        directory,
        f"{suite.name}: {META['bochs']}",
        'BXSHARE="$here/share" LTDL_LIBRARY_PATH="$here/plugins"',
        plugin=DISPLAY,
    )
    for part in ("share", "plugins"):
        (directory / part).mkdir()
    for path in (unpacked / PLUGINS).glob("*.so"):
        shutil.copy(path, directory / "plugins" / path.name)
    for name, place in ROMS.items():
        shutil.copy(unpacked / place, directory / "share" / name)
    return package.partition("+")[0]


# What each kind's directory is filled by, from the suite's package: returns the version.
FILLERS = {"linux": _kernel, "qemu": _qemu, "xen": _xen, "bochs": _bochs}


@functools.lru_cache
def qemu_version(program: Path) -> tuple[str, str]:
    """What the QEMU says that it is: its version, and its package's, which may be empty."""
    output = printable_text(process.run([str(program), "--version"], DEADLINE)[1])
    found = re.search(r"QEMU emulator version (\d+(?:\.\d+)*)\S*(?: \((.*)\))?", output)
    if found is None:
        raise WrongQuestion(f"{program}: it does not say that it is QEMU: {telling_line(output.splitlines())}")
    return found.group(1), found.group(2) or ""


def qemu_name(program: Path) -> str:
    """The QEMU's version and package for people."""
    version, package = qemu_version(program)
    return f"QEMU {version}{f' ({package})' if package else ''}"


# What x86 boots with; other machines' firmware is several times as much.
X86 = re.compile(r"(bios(-256k|-microvm)?|qboot|vgabios.*|(linuxboot|multiboot|pvh).*|kvmvapic)\.(bin|rom)")


def copy_firmware(sources: list[Path], target: Path) -> None:
    """The files that an x86 QEMU loads from its data directories, the first of each name."""
    for source in sources:
        for path in sorted(source.glob("*")) if source.is_dir() else []:
            copy = target / path.name
            if path.is_file() and X86.fullmatch(path.name) and not copy.exists():
                shutil.copyfile(path, copy)


def advice(kind: str, version: str) -> str:
    """How to get what is not here, or what to choose instead."""
    name = f"{kind}-{version}"
    if name in NAMES:
        return f"run 'python3 -m harness lab fetch {name}', or 'make lab' for all"
    versions = [item.version for item in cache.items() if item.kind == kind]
    fetchable = [name for name in NAMES if name.startswith(kind)]
    return f"choose from {', '.join(versions) or 'nothing yet'}, or fetch one of {', '.join(fetchable)}"
