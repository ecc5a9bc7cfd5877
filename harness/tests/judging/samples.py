# SPDX-License-Identifier: BSD-2-Clause
"""Bugs' files, each of another kind, and results that they are held against."""

from harness.judging.explain import explained
from harness.judging.result import Judgement, Result

REWRITE = """
title = "wrong DR6"
reports = ["https://example.org/1"]
case = "step"
[[seen]]
accel = "tcg"
debugger = ["hbreak", "watch"]
qemu = ">=5.0,<9.1"
rewrite = [["dr6=ffff4ff0", "dr6=00004000"]]
"""
CRASH = """
title = "assertion"
reports = []
case = "nested*"
[[seen]]
accel = "kvm"
kernel = ">=6.1"
verdict = "crash"
ends_at = "#DB"
stderr = "Assertion `!env->exception_has_payload' failed"
"""
WANT = """
title = "no such thing"
reports = []
case = "step"
[[seen]]
accel = "tcg"
needs = "vme=1"
"""
RACE = """
title = "now and then"
reports = []
case = "step"
[[seen]]
accel = "tcg"
rewrite = [["dr6=ffff4ff0", "dr6=00004000"]]
sometimes = true
"""
DEATH = """
title = "a program's mistake"
reports = []
case = "step"
[[seen]]
accel = "tcg"
dies = "#DB dr6=ffff4ff0"
"""
ENDLESS = """
title = "again and again"
reports = []
case = "step"
[[seen]]
accel = "tcg"
endless = ["#DB rip=a", "#DB rip=a"]
"""
LOSS = """
title = "traps go nowhere"
reports = []
case = "step"
[[seen]]
accel = "tcg"
rewrite = [["#DB", ""]]
"""
FACTS = {"accel": "tcg", "qemu": "7.2.22"}
REQUIRED = ["#DB dr6=ffff4ff0", "note x=1"]
WRONG = ["#DB dr6=00004000", "note x=1"]


def step(verdict, seen, debugger="hbreak"):
    return Result("step@kernel64", "tcg", debugger, Judgement(verdict), seen=seen, required=REQUIRED)


def classified(result, facts, bug):
    judgement = explained(result, facts, [bug])
    return judgement.verdict, judgement.bug
