# SPDX-License-Identifier: BSD-2-Clause
"""Folders of runs (docs/runs.md), and the lists of JSON=, read again: of this machine, or as they come from others.

Whoever made them is not trusted: every string that leaves this module is fit to be shown.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.catalogue.debugger_modes import MODES
from harness.judging.result import Judgement, Named, Nearest, Result, Verdict
from harness.system import files
from harness.system.errors import WrongQuestion
from harness.system.places import ROOT
from harness.system.printable import printable

PLATFORM, VERDICTS = "platform.json", "verdict.json"

# PLATFORM-DEBUGGER-IMAGE-NUMBER: what a VM's folder is called, before there is anything in it.
VM_FOLDER = re.compile(rf"(.+)-(?:{'|'.join(MODES)})-\w+-\d+", re.ASCII)

LONGEST_OUTPUT = 16_384  # bytes of what a hypervisor has said that are read: its last ones


@dataclass
class VMFolder:
    """What one VM left: its folder, platform.json, its results; `judged` if there is a verdict at all."""

    folder: Path
    platform: dict[str, Any]
    results: list[Result]
    judged: bool


def read(places: list[Path]) -> list[VMFolder]:
    """All VMs' folders that are these directories or lie below them, each once. Raises WrongQuestion."""
    found: dict[Path, VMFolder] = {}
    for place in places:
        if not os.path.isdir(place):
            raise WrongQuestion(f"{printable(str(place))}: there is no such directory")
        folders = list(_folders(place))
        if not folders:
            raise WrongQuestion(f"{printable(str(place))}: holds no run: no {PLATFORM} is in it or below it")
        for folder in folders:
            found.setdefault(folder.resolve(), _read_folder(folder))
    return list(found.values())


def _folders(place: Path) -> Iterator[Path]:
    for directory, below, names in os.walk(place, onerror=_unread):
        below.sort()
        if PLATFORM in names or PLATFORM in below or VM_FOLDER.fullmatch(os.path.basename(directory)):
            yield Path(directory)


def _unread(error: OSError) -> None:
    """What cannot be looked into may hold a run, whose results are not to be lost without a word."""
    raise WrongQuestion(f"{printable(str(error.filename))}: {error.strerror}") from None


def _read_folder(folder: Path) -> VMFolder:
    named = VM_FOLDER.fullmatch(folder.name)
    if named and not os.path.lexists(folder / PLATFORM):  # the run ended before
        return VMFolder(folder, {"platform": printable(named[1]), "hypervisor": ""}, [], judged=False)
    platform = files.read_json(folder / PLATFORM)
    if not isinstance(platform, dict) or not isinstance(platform.get("platform"), str):
        raise WrongQuestion(f"{printable(str(folder / PLATFORM))}: names no platform")
    path = folder / VERDICTS
    if not os.path.lexists(path):
        return VMFolder(folder, platform, [], judged=False)
    return VMFolder(folder, platform, _results(path, folder), judged=True)


def read_list(path: Path) -> list[VMFolder]:
    """What a file that JSON= has named holds, as if one VM of each hypervisor had left it. Raises WrongQuestion."""
    found: dict[tuple[str, str], list[Result]] = {}
    for result in _results(path, None):
        found.setdefault((result.platform, result.hypervisor), []).append(result)
    return [
        VMFolder(path, {"platform": platform, "hypervisor": hypervisor}, results, judged=True)
        for (platform, hypervisor), results in found.items()
    ]


def _results(path: Path, folder: Path | None) -> list[Result]:
    """The results in a file, of this folder or of those that they name."""
    verdicts = files.read_json(path)
    try:
        if not isinstance(verdicts, list):
            raise TypeError
        return [_result(table, folder or ROOT / _text(table["run"])) for table in verdicts]
    except (TypeError, ValueError, KeyError, AttributeError):
        raise WrongQuestion(
            f"{printable(str(path))}: is no list of verdicts, as JSON= and every run write it"
        ) from None


def _result(table: dict[str, Any], folder: Path) -> Result:
    """Raises TypeError, ValueError, KeyError or AttributeError where the table is none of Result.as_json()'s."""
    words = {name: _text(table[name]) for name in ("case", "mode", "platform", "debugger", "verdict", "reason", "bug")}
    seconds = table["seconds"]
    if type(seconds) not in (int, float) or seconds < 0:
        raise TypeError
    return Result(
        "@".join(filter(None, (words["case"], words["mode"]))),  # EVERY_CASE and REST have no mode
        words["platform"],
        words["debugger"],
        _judgement(table),
        float(seconds),
        folder,
        seen=_lines(table.get("seen", [])),
        required=_required(table.get("required")),
        debugger_seen=_lines(table.get("debugger_seen", [])),
        debugger_required=_required(table.get("debugger_required", [])),
        hypervisor=_text(table.get("hypervisor", "")),
    )


def _judgement(table: dict[str, Any]) -> Judgement:
    """What Judgement.as_json() made, or the names of the bugs alone, as JSON= has them."""
    nearest = table.get("nearest")
    named = [{"name": name, "title": ""} for name in _text(table["bug"]).split(", ") if name]
    return Judgement(
        Verdict(table["verdict"]),
        _text(table.get("cause", table["reason"])),
        tuple(_lines(table.get("circumstances", []))),
        tuple(Named(_text(bug["name"]), _text(bug["title"])) for bug in table.get("bugs", named)),
        nearest
        and Nearest(tuple(_lines(nearest["bugs"])), _lines(nearest["required"]), _lines(nearest["debugger_required"])),
        tuple(_lines(table.get("remarks", []))),
    )


def _required(value: Any) -> list[str] | None:
    return None if value is None else _lines(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _lines(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(line, str) for line in value):
        raise TypeError
    return value


def output(folder: Path) -> list[str]:
    """The last lines of what the hypervisor said, in stderr.log; none where it said nothing."""
    path = folder / "stderr.log"
    if not os.path.lexists(path):
        return []
    with files.opened(path, files.ANY_SIZE) as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - LONGEST_OUTPUT))
        text = file.read(LONGEST_OUTPUT).decode("utf-8", "replace")
    return [printable(line) for line in text.splitlines() if line.strip()]
