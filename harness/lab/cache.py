# SPDX-License-Identifier: BSD-2-Clause
"""What the lab keeps outside of the checkout: kernels, QEMUs, Xens, Bochses, and the states of booted hosts.

Each is a directory with a file `item.json`. It is made beside its place and moved there when it is whole, so
that one that is half-made is never seen.
"""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from harness.system import files
from harness.system.errors import WrongQuestion

# Of the directories' insides; what another version of the harness made is not there for this one.
FORMAT = 2

TABLE = "item.json"
UNFINISHED = ".unfinished-"

KINDS = ("linux", "qemu", "xen", "bochs")
NEWEST = "newest"

# What the names of hosts' states begin with: of those that have booted, and those in which a QEMU waits.
HOST, WAITING = STATES = ("host-", "waiting-")


@dataclass(frozen=True)
class Item:
    """A kernel, QEMU, Xen or Bochs; `version` is upstream, `package` the distribution's, `origin` where it is from."""

    path: Path
    kind: str
    version: str
    package: str
    origin: str

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.version}"


def root() -> Path:
    """The cache's directory, as the XDG Base Directory Specification has it."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if os.path.isabs(base) else Path.home() / ".cache") / "trapline" / "lab"


def refuse_separators() -> None:
    """Raises WrongQuestion where no program of the lab starts, for the loader takes its path for several."""
    place = os.path.realpath(root())
    if set(place) & set(":;"):
        raise WrongQuestion(
            f"{place}: the loader takes a path with : or ; for several: set XDG_CACHE_HOME to another place"
        )


def items() -> list[Item]:
    """All kernels, QEMUs, Xens and Bochses at hand, each kind's newest last."""
    found = []
    for path in root().glob(f"*/{TABLE}"):
        if not path.parent.name.startswith((UNFINISHED, *STATES)):
            try:
                table = files.read_json(path)
            except WrongQuestion as error:
                if path.exists():
                    raise WrongQuestion(f"{error}: remove its directory") from None
                continue  # another command has removed it
            if not isinstance(table, dict) or not isinstance(table.get("format"), int):
                raise WrongQuestion(f"{path}: tells of nothing: remove its directory")
            if table["format"] == FORMAT and table.get("kind") in KINDS:
                words = [table.get(key) for key in ("version", "package", "origin")]
                if not all(isinstance(word, str) for word in words):
                    raise WrongQuestion(f"{path}: does not tell what is beside it: remove its directory")
                found.append(Item(path.parent, table["kind"], *words))
    if found:
        refuse_separators()
    return sorted(found, key=lambda item: (item.kind, numbers(item.version)))


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version))


def find(kind: str, version: str) -> Item | None:
    """The newest item whose version begins with the numbers of `version` ("10" or "10.0": 10.0.13), or of all."""
    wanted = () if version == NEWEST else numbers(version)
    if version != NEWEST and not re.fullmatch(r"\d+(\.\d+)*", version):
        return None
    matching = [item for item in items() if item.kind == kind and numbers(item.version)[: len(wanted)] == wanted]
    return matching[-1] if matching else None


def states(*sorts: str) -> list[Path]:
    """The states of hosts, of these sorts or of all."""
    return sorted(path.parent for sort in sorts or STATES for path in root().glob(f"{sort}*/{TABLE}"))


def touch(state: Path) -> dict | None:
    """Notes that a state is used, and returns its table; None if it is not there, or not as it was made.

    A machine that went down before all was on its disk leaves files that are cut, and nothing starts from them.
    """
    try:
        os.utime(state / TABLE)
        table = files.read_json(state / TABLE)
    except (FileNotFoundError, WrongQuestion):
        return None
    return table if isinstance(table, dict) and table.get("sizes") == _sizes(state) else None


def _sizes(place: Path) -> dict[str, int]:
    """What belongs to a table: how long each file beside it is."""
    return {str(path.relative_to(place)): status.st_size for path, status in _statuses(place) if path != place / TABLE}


def _statuses(place: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """All files below, without those that another command takes away meanwhile."""
    for folder, _, names in os.walk(place):
        for name in names:
            with suppress(FileNotFoundError):
                yield (path := Path(folder, name)), path.stat()


def forget_states(sort: str, most: int) -> None:
    """Removes all states of a sort but the `most` that were used last: a bisection makes one for each kernel.

    The caller holds the lock.
    """
    for path in sorted(states(sort), key=lambda path: (path / TABLE).stat().st_mtime, reverse=True)[most:]:
        shutil.rmtree(path, ignore_errors=True)


def size(path: Path) -> int:
    """Bytes that the files below it take on the disk."""
    return sum(status.st_blocks * 512 for _, status in _statuses(path))


def remove(path: Path, wait: Callable[[], None] = lambda: None) -> None:
    """Takes the directory away at once, and its files then; waits as locked() does."""
    with locked(wait):
        grave = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=root()))
        try:
            path.rename(grave / path.name)
        except FileNotFoundError:
            raise WrongQuestion(f"{path.name}: another command has removed it") from None
        finally:
            shutil.rmtree(grave)


def make(build: Callable[[Path], tuple[str, dict]]) -> Path:
    """A directory filled by `build`, which gets an empty one and returns its name and the table for item.json.

    What was there under the name is replaced. The caller holds the lock.
    """
    work = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=root()))
    try:
        inside = work / "inside"
        inside.mkdir()
        name, table = build(inside)
        table = {"format": FORMAT, **table, "sizes": _sizes(inside)}
        (inside / TABLE).write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")
        place = root() / name
        if place.exists():
            place.rename(work / "old")
        inside.rename(place)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return place


@contextmanager
def locked(wait: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Holds the cache's lock, which ends with the process; calls `wait` if another one has it.

    What an earlier holder left unfinished is removed.
    """
    import fcntl  # not there on Windows, where there is no lab

    try:
        root().mkdir(parents=True, exist_ok=True)
        file = open(root() / "lock", "w", encoding="utf-8")
    except OSError as error:
        raise WrongQuestion(f"{root()}: cannot be written: {error.strerror}") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            wait()
            fcntl.flock(file, fcntl.LOCK_EX)
        for path in root().glob(f"{UNFINISHED}*"):
            shutil.rmtree(path, ignore_errors=True)
        yield
