# SPDX-License-Identifier: BSD-2-Clause
"""Known bugs of an emulated CPU, which show in whatever runs on it as well."""

from dataclasses import replace

from harness.judging.bugs import Bug
from harness.judging.explain import facts_of
from harness.judging.result import Result

ALONE = "detached"  # the debugger mode of a CPU that is asked alone


def with_those_of_the_cpu(bugs: list[Bug], facts: dict[str, str], result: Result) -> list[Bug]:
    """The bugs of a result's case, with what each makes of it on the CPU beneath, of which these are the facts.

    What is on top may keep it from showing: where the case passes it is no `fixed?`.
    """
    of_the_cpu = facts_of(replace(result, debugger=ALONE), facts)

    def extended(bug: Bug) -> Bug:
        found = [each for each in bug.seen if each.applies(of_the_cpu)]
        return replace(bug, seen=[*bug.seen, *(replace(each, where={}, sometimes=True) for each in found)])

    return list(map(extended, bugs))
