# SPDX-License-Identifier: BSD-2-Clause
"""The command line: python3 -m harness VERB. Exit codes: 0 all green, 1 something is not, 2 wrong question."""

import argparse
import signal
import sys

from harness import commands, process
from harness.errors import Cancelled, WrongQuestion
from harness.lab import commands as lab_commands
from harness.settings import add_options, read_settings


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m harness", description="Trapline's harness.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name, text in (
        ("list", "cases, platforms usable here (and why not), known bugs"),
        ("run", "boot, compare, print the table"),
        ("iso", "make build/trapline.iso, with both images, to boot anywhere"),
        ("gdb", "write the images' addresses into build/, for running a case's gdb commands by hand"),
        ("bench", "time the catalogue against an empty guest, side by side"),
    ):
        add_options(verbs.add_parser(name, help=text, description=text).add_argument)
    text = "write what independent implementations agree on into a case's required log"
    bless = verbs.add_parser("bless", help=text, description=text)
    bless.add_argument("case", metavar="CASE", help="the case's name")
    bless.add_argument("--choose", default="", metavar="NAME", help="where they differ, take what this one says")
    bless.add_argument("--replace", action="store_true", help="replace what the log has and they agree against")
    bless.set_defaults(debugger="detached", json="")
    add_options(bless.add_argument, without=("case", "debugger", "json"))
    text = "judge serial logs that were captured elsewhere"
    judge = verbs.add_parser("judge", help=text, description=text)
    judge.add_argument("logs", nargs="+", metavar="LOG", help="a file, a serial device, or - for standard input")
    text = "fetch, list and remove kernels and QEMUs for emulated hosts"
    lab = verbs.add_parser("lab", help=text, description=text)
    lab.add_argument("what", choices=lab_commands.VERBS)
    lab.add_argument("names", nargs="*", metavar="NAME", help="as list shows them; fetch without a name fetches all")
    return parser


def run_verb(options: argparse.Namespace) -> int:
    if options.verb == "judge":
        return commands.judge_logs(options.logs)
    if options.verb == "lab":
        return lab_commands.run(options.what, options.names)
    settings = read_settings(options)
    if options.verb == "bless":
        return commands.bless(settings, options.choose, options.replace)
    verbs = {
        "list": commands.list_all,
        "run": commands.run,
        "iso": commands.iso,
        "gdb": commands.write_addresses,
        "bench": commands.bench,
    }
    return verbs[options.verb](settings)


def on_terminate(number: int, _frame) -> None:
    raise SystemExit(128 + number)


def main() -> int:
    signal.signal(signal.SIGTERM, on_terminate)
    try:
        return run_verb(make_parser().parse_args())
    except WrongQuestion as error:
        print(f"trapline: {error}", file=sys.stderr)
        return 2
    except (KeyboardInterrupt, Cancelled):
        print("trapline: stopped", file=sys.stderr)
        return 128 + signal.SIGINT
    finally:
        process.stop_all()


if __name__ == "__main__":
    sys.exit(main())
