# SPDX-License-Identifier: BSD-2-Clause
"""The manual page trapline(1), in the macros of man(7)."""

import argparse
import re

from harness.judging.result import MEANINGS
from harness.knobs import KNOBS, variable
from harness.manual.command_line import NAMES, Verb, verbs

HEAD = r""".\" SPDX-License-Identifier: BSD-2-Clause
.\" Written by python3 -m harness.manual.
.TH TRAPLINE 1 "" "Trapline" "User Commands"
"""

ABOUT = (
    "Asks a virtual x86 CPU precise questions about debug exceptions from a tiny bare-metal guest, without and with a "
    "gdb attached, and compares the answers with what the architecture requires. It runs in a checkout, or in an "
    "unpacked archive of make dist, as python3 -m harness; there, make VERB KNOB=value says the same."
)

STATUS = {
    "0": "all is green; of diff, and of run with a baseline: nothing got worse; of repro: the bug is absent",
    "1": "something is not; something got worse; the bug is present",
    "2": "the question was wrong, or something else kept it from an answer, which one line says",
    "125": "of repro: it cannot be told, and git bisect skips the commit",
    "128": "of repro, in the place of 2: git bisect stops",
    "128 and a signal's number": "it was stopped",
}

PLACES = {
    "build/report/index.html": "a page of the last run",
    "build/runs/": "what each boot left: logs, gdb's transcript, versions, and a command that boots it again",
    "bugs/NAME.toml": "the known bugs",
    "~/.cache/trapline/lab": "kernels, QEMUs and Xens for emulated hosts (XDG_CACHE_HOME)",
}

SEE = "docs/ beside this page, README.md first; gdb(1), git-bisect(1), qemu(1)"


def page() -> str:
    found = verbs()
    sections = {
        "NAME": r"trapline \- ask a virtual x86 CPU about debug exceptions" + "\n",
        "SYNOPSIS": ".B trapline\n.I VERB\n.RI [ OPTION ...]\n.RI [ WORD ...]\n.br\n.B trapline \\-\\-version\n",
        "DESCRIPTION": text(ABOUT),
        "VERBS": "".join(map(_verb, found)),
        "KNOBS": text("Options that verbs share; in make's words, NAME=value.")
        + "".join(term(f"--{name}", f"{words} (make: {variable(name)}=)", name.upper()) for name, _, words in KNOBS),
        "VERDICTS": "".join(term(verdict.value, meaning.text) for verdict, meaning in MEANINGS.items()),
        "EXIT STATUS": "".join(term(*entry) for entry in STATUS.items()),
        "FILES": "".join(term(*entry) for entry in PLACES.items()),
        "SEE ALSO": text(SEE),
    }
    return HEAD + "".join(f".SH {name}\n{words}" for name, words in sections.items())


def text(words: str) -> str:
    """As one line of text, in which nothing is a request or an escape."""
    escaped = words.replace("\\", r"\e").replace("-", r"\-")
    return re.sub(r"^([.'])", r"\\&\1", escaped) + "\n"


def term(name: str, words: str, value: str = "") -> str:
    """A name, in bold, with the value that it takes, and what is to be said of it."""
    named = rf"\fB{text(name).rstrip()}\fR"
    taken = rf" \fI{text(value).rstrip()}\fR" if value else ""
    return f".TP\n{named}{taken}\n{text(words)}"


def _verb(verb: Verb) -> str:
    words = " ".join(map(_word, verb.words))
    knobs = "all knobs" if len(verb.knobs) == len(NAMES) else f"knobs: {', '.join(verb.knobs)}"
    return "".join(
        (
            f'.SS "{text(" ".join((verb.name, words))).strip()}"\n',
            text(f"{verb.text}; {knobs}." if verb.knobs else f"{verb.text}."),
            *(term(action.option_strings[0], action.help, action.metavar or "") for action in verb.options),
            *(term(_word(action), action.help) for action in verb.words if action.help),
            f".PP\n.EX\n{text(verb.example)}.EE\n",
        )
    )


def _word(action: argparse.Action) -> str:
    name = action.metavar or "|".join(action.choices)
    return {"?": f"[{name}]", "*": f"[{name} ...]", "+": f"{name} ..."}.get(action.nargs, name)
