# SPDX-License-Identifier: BSD-2-Clause
"""The command line. Exit codes: 0 all green, 1 something is not, 2 wrong question.

`repro` alone has git bisect's. 128 and the number of a signal where it was stopped; of SIGPIPE, if whoever read what it
prints has gone.
"""

import argparse
import os
import signal
import sys
from pathlib import Path

from harness import process
from harness.errors import Cancelled, Stopped, WrongQuestion
from harness.settings import PAGE, add_options, read_settings
from harness.symbolize.show import symbolize
from harness.together import report_runs
from harness.verbs.bench import bench
from harness.verbs.bless import bless
from harness.verbs.bugs import bugs
from harness.verbs.images import dist, iso, write_addresses
from harness.verbs.judge import judge_logs
from harness.verbs.lab import ACTIONS, manage_lab
from harness.verbs.listing import list_all
from harness.verbs.repro import repro
from harness.verbs.run import run

# Of a wrong question: git-bisect(1) goes on after any smaller status.
STOP_BISECTING = 128


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m harness", description="Trapline's harness.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name, text in (
        ("list", "cases, platforms usable here (and why not), known bugs"),
        ("run", "boot, compare, print the table"),
        ("iso", "make build/trapline.iso, with both images, to boot anywhere"),
        ("gdb", "write the images' addresses into build/, for running a case's gdb commands by hand"),
        ("dist", "make build/trapline-VERSION.zip, to run where there is no compiler"),
        ("bench", "time the catalogue against an empty guest, side by side"),
    ):
        add_options(verbs.add_parser(name, help=text, description=text).add_argument)
    text = "write what independent implementations agree on into a case's required log"
    blessing = verbs.add_parser("bless", help=text, description=text)
    blessing.add_argument("case", metavar="CASE", help="the case's name")
    blessing.add_argument("--choose", default="", metavar="NAME", help="where they differ, take what this one says")
    blessing.add_argument("--replace", action="store_true", help="replace what the log has and they agree against")
    blessing.set_defaults(debugger="detached", json="")
    add_options(blessing.add_argument, without=("case", "debugger", "json"))
    text = "look for one known bug; exit status 0: absent, 1: present, 125: cannot tell (git bisect run's own)"
    looking = verbs.add_parser("repro", help=text, description=text)
    looking.add_argument("bug", metavar="BUG", help="the name of a file in bugs/, without .toml")
    add_options(looking.add_argument)
    text = "look for known bugs on every QEMU and kernel at hand, and check the versions that their files speak of"
    checking = verbs.add_parser("bugs", help=text, description=text)
    checking.add_argument("names", nargs="*", metavar="BUG", help="names of files in bugs/ (default: all)")
    add_options(checking.add_argument)
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
    lab.add_argument("what", choices=ACTIONS)
    lab.add_argument("names", nargs="*", metavar="NAME", help="as list shows them; fetch without a name fetches all")
    return parser


def run_verb(options: argparse.Namespace) -> int:
    if options.verb == "judge":
        return judge_logs(options.logs)
    if options.verb == "report":
        return report_runs(options.runs, options.expect, options.html, options.markdown)
    if options.verb == "symbolize":
        return symbolize(options.log, options.elf, options.offset)
    if options.verb == "lab":
        return manage_lab(options.what, options.names)
    settings = read_settings(options)
    if options.verb == "bless":
        return bless(settings, options.choose, options.replace)
    if options.verb == "bugs":
        return bugs(settings, options.names)
    if options.verb == "repro":
        return repro(settings, options.bug)
    verbs = {
        "list": list_all,
        "run": run,
        "iso": iso,
        "dist": dist,
        "gdb": write_addresses,
        "bench": bench,
    }
    return verbs[options.verb](settings)


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
