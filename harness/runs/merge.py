# SPDX-License-Identifier: BSD-2-Clause
"""Several runs as one: which columns they make together, and what of results that are there more than once."""

import fnmatch
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.catalogue.debugger_modes import MODES
from harness.judging.result import EVERY_CASE, REST, Judgement, Result, Verdict, gravest
from harness.runs.read import VMFolder, read, read_list
from harness.system.errors import WrongQuestion
from harness.system.printable import printable

# What makes two platforms of one name different, in the words that tell them apart, where it is found in platform.json.
FACETS = {
    "qemu": ("qemu",),
    "package": ("qemu_package",),
    "bochs": ("bochs",),
    "v86": ("v86",),
    "xen": ("xen",),
    "xen_args": ("facts", "xen_args"),
    "kernel": ("facts", "kernel"),
    "backend": ("facts", "backend"),
    "machine": ("facts", "machine"),
    "cpu": ("cpu_model",),
    "cpus": ("facts", "cpus"),
    "on": ("host", "system"),
    "hypervisor": ("hypervisor",),  # in a list, which knows no more
}
# The CPU below it shows only in what the accelerator does not emulate.
EMULATORS = ("tcg", "bochs", "v86", "xen")
HOST_CPU = ("host", "cpu")


def read_run(*places: str) -> tuple[list[str], list[Result]]:
    """What merge() makes of folders with runs below them, and of the lists in files of JSON=. Raises WrongQuestion."""
    paths = [Path(place) for place in places]
    kept = read([path for path in paths if os.path.isdir(path)])
    lists = [each for path in paths if not os.path.isdir(path) for each in read_list(path)]
    lines, results = merge([*kept, *lists])
    if not results:
        raise WrongQuestion(f"{printable(' '.join(places))}: holds no result: name another run")
    return lines, results


def merge(kept: list[VMFolder], expected: Sequence[str] = ()) -> tuple[list[str], list[Result]]:
    """What the platforms are, in lines; and one result for each case, platform and debugger mode.

    Of several, the worst stays, with a remark where they are not alike. `expected` are patterns of platforms' names:
    one that none has is a result too.
    """
    labels = _labels(kept)
    lines = []
    for folder, label in zip(kept, labels):
        lines += _lines(folder, label)
    results = worst_of_each(
        replace(result, platform=label)
        for folder, label in zip(kept, labels)
        for result in (folder.results if folder.judged else [_unfinished(folder)])
    )
    platforms = _places(labels)
    modes = _places(["", *MODES])
    results.sort(key=lambda result: (platforms[result.platform], modes.get(result.debugger, len(modes))))
    names = {folder.platform["platform"] for folder in kept}
    for pattern in expected:
        if not fnmatch.filter(names, pattern):
            words = "it was expected, and there is no run of it"
            results.append(Result(EVERY_CASE, pattern, "", Judgement(Verdict.CUT, words)))
    return [*dict.fromkeys(lines), *_builds(kept)], results


def _places(names: Iterable[str]) -> dict[str, int]:
    """Each name's place among them; whoever made a run may have given it ten thousands of platforms."""
    return {name: place for place, name in enumerate(dict.fromkeys(names))}


def _unfinished(kept: VMFolder) -> Result:
    words = "the run ended before its verdicts were written"
    return Result(
        REST,
        kept.platform["platform"],
        "",
        Judgement(Verdict.CUT, words),
        run=kept.folder,
    )


def _facets(kept: VMFolder) -> dict[str, str]:
    table = kept.platform
    found = {name: _at(table, path) for name, path in FACETS.items()}
    name = table["platform"]
    if "@" not in name and name not in EMULATORS:
        found["host"] = _at(table, HOST_CPU)
    return found


def _at(table: Any, path: tuple[str, ...]) -> str:
    for key in path:
        table = table.get(key, "") if isinstance(table, dict) else ""
    return table if isinstance(table, str) else ""


def _labels(kept: list[VMFolder]) -> list[str]:
    """Each one's platform, with what sets it apart from the others of that name, and no more than does."""
    facets = [_facets(folder) for folder in kept]
    alike: dict[str, list[dict[str, str]]] = {}
    for folder, mine in zip(kept, facets):
        alike.setdefault(folder.platform["platform"], []).append(mine)
    apart = {platform: _telling(of_each) for platform, of_each in alike.items()}
    labels = []
    for folder, mine in zip(kept, facets):
        platform = folder.platform["platform"]
        labels.append(" ".join([platform, *(f"{name}={mine[name]}" for name in apart[platform] if mine[name])]))
    return labels


def _telling(all_facets: list[dict[str, str]]) -> list[str]:
    """The facets that tell these apart, without those that tell nothing which those before do not."""

    def kinds(names: list[str]) -> int:
        return len({tuple(facets[name] for name in names) for facets in all_facets})

    telling: list[str] = []
    for name in all_facets[0]:
        known = {facets[name] for facets in all_facets} - {""}
        if len(known) > 1 and kinds([*telling, name]) > kinds(telling):
            telling.append(name)
    return telling


def _lines(kept: VMFolder, label: str) -> list[str]:
    table = kept.platform
    if "hypervisor" in table:
        return [f"{label}: {table['hypervisor']}"] if table["hypervisor"] else []
    host = [_at(table, ("host", key)) for key in ("system", "release", "machine", "cpu")]
    lines = [
        f"{label}: {_at(table, ('description',)) or 'undescribed'}; on {' '.join(filter(None, host)) or 'unknown'}"
    ]
    for key in ("remarks", "reservations"):
        words = table.get(key)
        lines += [f"{label}: {word}" for word in words if isinstance(word, str)] if isinstance(words, list) else []
    return lines


def _builds(kept: list[VMFolder]) -> list[str]:
    """What is to be known where not all have run the same images."""
    builds: dict[str, set[str]] = {}
    for folder in kept:
        if name := _at(folder.platform, ("image", "name")):
            builds.setdefault(name, set()).add(_at(folder.platform, ("image", "sha256")))
    different = {name: sums for name, sums in builds.items() if len(sums) > 1}
    return [f"{name}: these runs are of {len(sums)} different builds of it" for name, sums in different.items()]


def worst_of_each(results: Iterable[Result]) -> list[Result]:
    """One result for each case, platform and debugger mode."""
    cells: dict[tuple[str, str, str], list[Result]] = {}
    for result in results:
        cells.setdefault((result.platform, result.debugger, result.case), []).append(result)
    return [_worst(alike) for alike in cells.values()]


def _worst(alike: list[Result]) -> Result:
    """The result that counts, of several of the same case, platform and debugger mode, with the remarks of all."""
    worst = gravest(alike)
    remarks = [words for result in alike for words in result.judgement.remarks]
    counts = Counter((result.verdict.value, result.judgement.bug) for result in alike)
    if len(counts) > 1:
        words = ", ".join(f"{' by '.join(filter(None, what))} ({count})" for what, count in counts.items())
        remarks.append(f"{worst.case} {worst.debugger}: not the same in all runs: {words}")
    return replace(worst, judgement=replace(worst.judgement, remarks=tuple(dict.fromkeys(remarks))))
