# SPDX-License-Identifier: BSD-2-Clause
"""The command line. Exit codes: 0 all green, 1 something is not, 2 wrong question.

`repro` alone has git bisect's. 128 and the number of a signal where it was stopped; of SIGPIPE, if whoever read what it
prints has gone.
"""

import argparse
import os
import pkgutil
import signal
import sys
from pathlib import Path

from harness.settings import add_options, read_settings
from harness.system import process
from harness.system.errors import Cancelled, Stopped, WrongQuestion
from harness.system.places import PAGE

# Of a wrong question: git-bisect(1) goes on after any smaller status.
STOP_BISECTING = 128

# Each verb's function. Its module is imported when it is asked for, as all of them take longer than a case.
VERBS = {
    "list": "verbs.listing:list_all",
    "run": "verbs.run:run",
    "iso": "verbs.images:iso",
    "gdb": "verbs.images:write_addresses",
    "dist": "verbs.images:dist",
    "bench": "verbs.bench:bench",
    "bless": "verbs.bless:bless",
    "repro": "verbs.repro:repro",
    "bugs": "verbs.bugs:bugs",
    "judge": "verbs.judge:judge_logs",
    "report": "verbs.report:report_runs",
    "symbolize": "verbs.symbolize:symbolize",
    "lab": "verbs.lab:manage_lab",
}


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m harness", description="Trapline's harness.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    knobs = argparse.ArgumentParser(add_help=False)
    add_options(knobs.add_argument)
    for name, text in (
        ("list", "cases, platforms usable here (and why not), known bugs"),
        ("run", "boot, compare, print the table"),
        ("iso", "make build/trapline.iso, with both images, to boot anywhere"),
        ("gdb", "write the images' addresses into build/, for running a case's gdb commands by hand"),
        ("dist", "make build/trapline-VERSION.zip, to run where there is no compiler"),
    ):
        verbs.add_parser(name, help=text, description=text, parents=[knobs])
    text = "time what is to be quick, each beside what it is compared with"
    timing = verbs.add_parser("bench", help=text, description=text, parents=[knobs])
    timing.add_argument("--kut", default="", metavar="KUT", help="kvm-unit-tests with x86/debug.flat built")
    text = "write what independent implementations agree on into a case's required log"
    blessing = verbs.add_parser("bless", help=text, description=text)
    blessing.add_argument("case", metavar="CASE", help="the case's name")
    blessing.add_argument("--choose", default="", metavar="NAME", help="where they differ, take what this one says")
    blessing.add_argument("--replace", action="store_true", help="replace what the log has and they agree against")
    blessing.set_defaults(debugger="detached", json="")
    add_options(blessing.add_argument, without=("case", "debugger", "json"))
    text = "look for one known bug; exit status 0: absent, 1: present, 125: cannot tell (git bisect run's own)"
    looking = verbs.add_parser("repro", help=text, description=text, parents=[knobs])
    looking.add_argument("bug", metavar="BUG", help="the name of a file in bugs/, without .toml")
    text = "look for known bugs on every QEMU and kernel at hand, and check the versions that their files speak of"
    checking = verbs.add_parser("bugs", help=text, description=text, parents=[knobs])
    checking.add_argument("names", nargs="*", metavar="BUG", help="names of files in bugs/ (default: all)")
    text = "judge serial logs that were captured elsewhere"
    judge = verbs.add_parser("judge", help=text, description=text)
    judge.add_argument("logs", nargs="+", metavar="LOG", help="a file, a serial device, or - for standard input")
    text = "merge what runs have left, here or on other machines, into one table and one page"
    merging = verbs.add_parser("report", help=text, description=text)
    merging.add_argument("runs", nargs="+", metavar="DIR", help="a run's folder, or one that has such folders below it")
    merging.add_argument("--expect", default="", metavar="PLATFORMS", help="platforms that must be there, with commas")
    merging.add_argument("--html", default=str(PAGE), metavar="FILE", help="the page (default: build/report.html)")
    merging.add_argument("--markdown", default="", metavar="FILE", help="a summary for a CI's page")
    text = "a dump's addresses as functions and lines, with inlined functions"
    symbolizing = verbs.add_parser("symbolize", help=text, description=text)
    symbolizing.add_argument(
        "--elf", required=True, type=Path, metavar="ELF", help="the program, with debug information"
    )
    symbolizing.add_argument("--offset", default="0", metavar="N", help="how far above its own addresses it ran")
    symbolizing.add_argument("log", type=Path, metavar="LOG", help="a file, or - for standard input")
    text = "fetch, list and remove kernels and QEMUs for emulated hosts"
    lab = verbs.add_parser("lab", help=text, description=text)
    lab.add_argument("what", choices=("fetch", "list", "remove"))
    lab.add_argument("names", nargs="*", metavar="NAME", help="as list shows them; fetch without a name fetches all")
    return parser


def run_verb(options: argparse.Namespace) -> int:
    function = pkgutil.resolve_name(f"harness.{VERBS[options.verb]}")
    if options.verb == "judge":
        return function(options.logs)
    if options.verb == "report":
        return function(options.runs, options.expect, options.html, options.markdown)
    if options.verb == "symbolize":
        return function(options.log, options.elf, options.offset)
    if options.verb == "lab":
        return function(options.what, options.names)
    settings = read_settings(options)
    if options.verb == "bench":
        return function(settings, options.kut)
    if options.verb == "bless":
        return function(settings, options.choose, options.replace)
    if options.verb == "bugs":
        return function(settings, options.names)
    if options.verb == "repro":
        return function(settings, options.bug)
    return function(settings)


# What asks the command to end.
STOPPING = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if process.POSIX else [])]


def on_stop(number: int, _frame) -> None:
    raise Stopped(number)


def answer() -> int:
    wrong_question = STOP_BISECTING if sys.argv[1:2] == ["repro"] else 2
    try:
        for word in sys.argv[1:]:
            if word.startswith("--") and word.endswith("=--"):  # argparse takes it for a list
                raise WrongQuestion(f"{word}: -- is no value")
        return run_verb(make_parser().parse_args())
    except WrongQuestion as error:
        print(f"trapline: {error}", file=sys.stderr)
        return wrong_question
    except SystemExit as end:  # argparse's way to say the same
        return wrong_question if end.code == 2 else end.code
    except (KeyboardInterrupt, Cancelled) as stop:
        print("trapline: stopped", file=sys.stderr)
        return stop.status if isinstance(stop, Stopped) else 128 + signal.SIGINT
    finally:
        process.stop_all()
        if sys.stdout:
            sys.stdout.flush()


def drop_unread() -> None:
    """What is still to be written where nobody reads goes nowhere, for Python complains of it when it ends."""
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def main() -> int:
    for number in STOPPING:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as below nohup
            signal.signal(number, on_stop)
    for stream in filter(None, (sys.stdout, sys.stderr)):
        stream.reconfigure(errors="backslashreplace")  # a path may have letters that a console's code page has not
    try:
        return answer()
    except BrokenPipeError:
        drop_unread()
        return process.BROKEN_PIPE
