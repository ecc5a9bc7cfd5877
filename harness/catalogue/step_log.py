# SPDX-License-Identifier: BSD-2-Clause
"""Logs of steps: where a debugger that steps through a case has been, as marks and offsets (docs/log.md)."""


def add(steps: list[str], place: str) -> None:
    """Adds a place (MARK+OFFSET) to a log of steps: a mark begins a line, offsets from it follow."""
    mark, plus, offset = place.partition("+")
    if plus and steps and steps[-1].partition(" ")[0].partition("+")[0] == mark:
        steps[-1] += f" +{offset}"
    else:
        steps.append(place)


def without(steps: list[str], line: str) -> list[str]:
    """The log as it would be without these lines."""
    rest: list[str] = []
    for kept in steps:
        if kept == line:
            continue
        first, *others = kept.split(" ")
        if rest and "+" in first and not others:
            add(rest, kept)
        elif rest and "+" in first:
            add(rest, first)
            rest[-1] = " ".join([rest[-1], *others])
        else:
            rest.append(kept)
    return rest


def words(steps: list[str]) -> list[str]:
    """The places stepped to, each as MARK+OFFSET."""
    places: list[str] = []
    mark = ""
    for word in " ".join(steps).split():
        if not word.startswith("+"):
            mark = word.partition("+")[0]
        places.append(word if word == mark or not word.startswith("+") else mark + word)
    return places
