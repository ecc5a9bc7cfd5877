# SPDX-License-Identifier: BSD-2-Clause
"""What has to be true of a run that was disturbed, held against the same run undisturbed."""

from collections import Counter

from harness.catalogue.log import BYE
from harness.system.places import ROOT
from harness.tests.soak.draw import KINDS

BEFORE_ALL = "before the first case"

Key = tuple[str, str]  # NAME@MODE, debugger mode


def key(result: dict) -> Key:
    return f"{result['case']}@{result['mode']}", result["debugger"]


def faults_of(disturbed: list[dict], calm: list[dict], asked: set[Key], struck: list[str]) -> tuple[list[str], int]:
    """What is false, lost or double in the results of a run in which these kinds of faults struck; and how many results
    the faults have cost, each explained.
    """
    counts = Counter(key(result) for result in disturbed)
    wrong = [f"{name} in {debugger}: lost" for name, debugger in sorted(asked - counts.keys())]
    wrong += [f"{name} in {debugger}: {count} times" for (name, debugger), count in counts.items() if count > 1]
    expected = {key(result): _said(result) for result in calm}
    left = Counter(struck)
    cost = 0
    for result in disturbed:
        after_all = result["case"] == BYE
        if _said(result) == expected.get(key(result)):
            continue
        if key(result) not in asked and not after_all:
            wrong.append(f"{' in '.join(key(result))}: nobody asked for it")
        elif words := _unexplained(result, left, {name for name, _ in asked}):
            wrong.append(f"{' in '.join(key(result))}: {words}, undisturbed {expected.get(key(result), 'nothing')}")
        else:
            cost += 1
    return wrong, cost


def _said(result: dict) -> str:
    return f"{result['verdict']} {result['bug']}".strip()


def _unexplained(result: dict, left: Counter[str], cases: set[str]) -> str:
    """Why no fault explains a result; empty if one does, which then explains no other, unless no case had begun."""
    for kind, (_, verdicts, words) in KINDS.items():
        if left[kind] and result["verdict"] in verdicts and any(word in result["reason"] for word in words):
            if result["verdict"] != "unusable" and BEFORE_ALL not in result["reason"]:
                left[kind] -= 1
                return _misplaced(result, cases)
            return ""
    return f"{_said(result)} ({result['reason']}), which no fault explains"


def _misplaced(result: dict, cases: set[str]) -> str:
    """What is wrong with the case that a VM's end is held to: it has to be the one that was running, by the VM's log.

    A line that names none of the cases was torn as the VM ended; there is no log where that was before it came up.
    """
    path = ROOT / result["run"] / "serial.log"
    log = path.read_text(encoding="ascii", errors="backslashreplace") if path.exists() else ""
    words = [line.split() for line in log.partition("\nended ")[0].splitlines()]
    begun = [word[1] for word in words if len(word) == 2 and word[0] == "begin" and word[1] in cases]
    ended = [word[1] for word in words if len(word) == 2 and word[0] == "end"]
    name, _ = key(result)
    running = [case for case in begun if case not in ended]
    if running and running[-1] != name:
        return f"{result['verdict']}, but {running[-1]} was running"
    if name in ended:
        return f"{result['verdict']}, but it had ended"
    return ""
