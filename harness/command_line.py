# SPDX-License-Identifier: BSD-2-Clause
"""The command line. Exit codes: 0 all green, 1 something is not, 2 wrong question, or no answer for another reason.

`diff`, and `run` with a baseline, have 1 for what got worse; `repro` alone has git bisect's. 128 and the number of a
signal where it was stopped; of SIGPIPE, if whoever read what it prints has gone. Whatever becomes of a verb is said
here, in one line, and never taken for a verdict.
"""

import argparse
import pkgutil
import signal
import sys
import threading
from collections.abc import Collection, Sequence
from pathlib import Path

from harness.knobs import KNOBS, add_options
from harness.system import faults, process, signals, streams
from harness.system.errors import Cancelled, Stopped, WrongQuestion
from harness.system.places import CASES, PAGE

# Each verb as it may be called.
EXAMPLES = {
    "list": "list --accel tcg,bochs",
    "run": "run --accel tcg --case 'icebp,tf_*'",
    "iso": "iso --case icebp",
    "gdb": "gdb",
    "dist": "dist",
    "bench": "bench --accel tcg",
    "witness": "witness --accel tcg",
    "bless": "bless icebp --qemu 11.1",
    "repro": "repro tcg-int1-ud --accel tcg",
    "bugs": "bugs tcg-int1-ud tcg-init-cr0",
    "show": "show icebp@user64",
    "upstream": "upstream tcg-hlt-tf",
    "new-case": "new-case int/ud2",
    "judge": "judge serial.log",
    "report": "report build/runs --markdown summary.md",
    "site": "site build/runs",
    "diff": "diff before.json after.json",
    "symbolize": "symbolize --elf build/guest64.debug.elf serial.log",
    "lab": "lab fetch linux-6.12 qemu-newest",
}

BASELINE = "exit status 1 only for what got worse than in this earlier run: a file of JSON=, or a run's folder"
SUMMARY = "a file for one line of JSON: how many results of each verdict and known bug, by platform"
TAP = "a file for the results in the Test Anything Protocol, with both logs of what is not green"

# Where there is no answer: git-bisect(1) goes on after any smaller status.
STOP_BISECTING = 128


class Version(argparse.Action):
    """--version: finding it out takes a git, so nobody else does."""

    def __call__(self, parser, namespace, values, option_string=None) -> None:
        from harness.media.version import own_version

        print(f"trapline {own_version()}")
        parser.exit()


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m harness", description="Trapline's harness.")
    parser.add_argument("--version", action=Version, nargs=0, help="say which one this is")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    def add(name: str, function: str, text: str, own: Sequence[str] = (), without: Collection[str] | None = None):
        """Adds a verb: its function, by name, as to import each takes longer than a case; which of its options that is
        given, after the settings where it has knobs. It has all of these `without` those that it does not use, which
        have their defaults.
        """
        verb = verbs.add_parser(
            name, help=text, description=text, epilog=f"example: python3 -m harness {EXAMPLES[name]}"
        )
        verb.set_defaults(function=f"harness.verbs.{function}", own=own, settings=without is not None)
        if without is not None:
            add_options(verb.add_argument, without)
            verb.set_defaults(**{knob.replace("-", "_"): default for knob, default, _ in KNOBS if knob in without})
        return verb

    def but(*used: str) -> set[str]:
        return {knob for knob, *_ in KNOBS} - set(used)

    text = "cases, platforms usable here (and why not), known bugs"
    add("list", "listing:list_all", text, without=("debugger", "table", "json", "jobs", "keep"))
    running = add(
        "run", "run:run", "boot, compare, print the table", ["baseline", "summary", "tap", "public"], without=()
    )
    running.add_argument("--baseline", default="", metavar="BASELINE", help=BASELINE)
    running.add_argument("--summary", default="", metavar="SUMMARY", help=SUMMARY)
    running.add_argument("--tap", default="", metavar="TAP", help=TAP)
    words = "copy this run, without private paths and names, into a new folder, or NAME.tar.gz, that may be sent"
    running.add_argument("--public", default="", metavar="PUBLIC", help=words)
    text = "make build/trapline.iso, with both images, to boot anywhere"
    add("iso", "images:iso", text, without=but("case", "mode", "timeout-multiplier"))
    text = "write the images' addresses into build/, for running a case's gdb commands by hand"
    add("gdb", "images:write_addresses", text)
    text = "make build/trapline-VERSION.zip, to run where there is no compiler"
    add("dist", "images:dist", text, without=but("timeout-multiplier"))

    text = "time what is to be quick, each beside what it is compared with"
    timing = add("bench", "bench:bench", text, ["kut"], without=("table", "json"))
    timing.add_argument("--kut", default="", metavar="KUT", help="kvm-unit-tests with x86/debug.flat built")

    text = "hold kvm-unit-tests' debug.flat and the cases that ask the same against each other"
    unused = ("case", "mode", "debugger", "table", "json")
    witnessing = add("witness", "witness:witness", text, ["kut"], unused)
    witnessing.add_argument("--kut", default="", metavar="KUT", help="kvm-unit-tests (default: as installed)")

    text = "write what independent implementations agree on into a case's required log"
    unused = ("case", "debugger", "table", "json")
    blessing = add("bless", "bless:bless", text, ["choose", "replace", "witness"], unused)
    blessing.add_argument("case", metavar="CASE", nargs="?", default="", help="the case's name")
    blessing.add_argument("--witness", default="", metavar="LOG", help="note what a real CPU said, by its log, instead")
    blessing.add_argument("--choose", default="", metavar="NAME", help="where they differ, take what this one says")
    blessing.add_argument("--replace", action="store_true", help="replace what the log has and they agree against")
    blessing.set_defaults(debugger="detached")

    text = "look for one known bug; exit status 0: absent, 1: present, 125: cannot tell (git bisect run's own)"
    looking = add("repro", "repro:repro", text, ["bug"], without=["table"])
    looking.add_argument("bug", metavar="BUG", help="the name of a file in bugs/, without .toml")

    text = "look for known bugs on every QEMU and kernel at hand, and check the versions that their files speak of"
    checking = add("bugs", "bugs:bugs", text, ["names"], without=["table"])
    checking.add_argument("names", nargs="*", metavar="BUG", help="names of files in bugs/ (default: all)")

    text = "explain a case, a known bug or a verdict"
    showing = add("show", "show:show", text, ["words"])
    words = "a case (NAME or NAME@MODE), the name of a file in bugs/, without .toml, or a verdict such as known"
    showing.add_argument("words", nargs="*", metavar="CASE|BUG|VERDICT", help=words)

    text = "write up a known bug for the tracker of whoever has it; without BUG, list which are still there"
    writing = add("upstream", "upstream:upstream", text, ["bug"], without=but("timeout-multiplier"))
    writing.add_argument("bug", metavar="BUG", nargs="?", default="", help="the name of a file in bugs/, without .toml")

    creating = add("new-case", "new_case:new_case", "lay out a file for a new case", ["name"])
    creating.add_argument("name", metavar="NAME", help="the case's name")

    judging = add("judge", "judge:judge_logs", "judge serial logs that were captured elsewhere", ["logs"])
    judging.add_argument("logs", nargs="+", metavar="LOG", help="a file, a serial device, or - for standard input")

    text = "merge what runs have left, here or on other machines, into one table and one page"
    own = ["runs", "expect", "html", "markdown", "summary", "tap", "github", "public", "baseline"]
    merging = add("report", "report:report_runs", text, own)
    merging.add_argument("runs", nargs="+", metavar="DIR", help="a run's folder, or one that has such folders below it")
    merging.add_argument("--expect", default="", metavar="PLATFORMS", help="platforms that must be there, with commas")
    merging.add_argument(
        "--html", default=str(PAGE), metavar="FILE", help="the page (default: build/report/index.html)"
    )
    merging.add_argument("--markdown", default="", metavar="FILE", help="a summary for a CI's page")
    merging.add_argument("--summary", default="", metavar="FILE", help=SUMMARY)
    merging.add_argument("--tap", default="", metavar="FILE", help=TAP)
    merging.add_argument("--baseline", default="", metavar="RUN", help=BASELINE)
    words = "print an annotation of GitHub's for each thing that is not green, or that got worse than in the baseline"
    merging.add_argument("--github", action="store_true", help=words)
    words = "copy the runs, without private paths and names, into a new folder, or NAME.tar.gz, that may be sent"
    merging.add_argument("--public", default="", metavar="DIR", help=words)

    text = "make a site in build/site of kept runs, the known bugs and the cases, for any static host"
    showing_all = add("site", "site:make_site", text, ["runs"])
    words = "a run's folder, one that has such folders below it, or a file of JSON= (default: build/runs)"
    showing_all.add_argument("runs", nargs="*", metavar="RUN", help=words)

    text = "what got worse, better or cannot be told from one run to another; exit status 1 if something got worse"
    differing = add("diff", "diff:diff_runs", text, ["before", "after", "json"])
    for name in ("before", "after"):
        differing.add_argument(name, metavar="RUN", help="a run's folder, or a file of JSON=")
    differing.add_argument("--json", default="", metavar="FILE", help="the same as JSON, - for standard output alone")

    text = "a dump's addresses as functions and lines, with inlined functions"
    symbolizing = add("symbolize", "symbolize:symbolize", text, ["log", "elf", "offset"])
    symbolizing.add_argument(
        "--elf", required=True, type=Path, metavar="ELF", help="the program, with debug information"
    )
    symbolizing.add_argument("--offset", default="0", metavar="N", help="how far above its own addresses it ran")
    symbolizing.add_argument("log", type=Path, metavar="LOG", help="a file, or - for standard input")

    text = "fetch, list and remove kernels and QEMUs for emulated hosts, and Xens"
    lab = add("lab", "lab:manage_lab", text, ["what", "names"])
    lab.add_argument(
        "what",
        choices=("fetch", "ensure", "list", "remove"),
        help="ensure fetches nothing that is there in any version",
    )
    lab.add_argument("names", nargs="*", metavar="NAME", help="as list shows them; fetch without a name fetches all")
    return parser


def run_verb(options: argparse.Namespace) -> int:
    function = pkgutil.resolve_name(options.function)
    settings = []
    if options.settings:
        from harness.settings import read_settings  # takes the platforms' time, as what these verbs do does

        settings = [read_settings(options)]
    return function(*settings, *(getattr(options, name) for name in options.own))


def answer() -> int:
    """Does what the command line asks for; the exit status."""
    for word in sys.argv[1:]:
        if word.startswith("--") and word.endswith("=--"):  # argparse takes it for a list
            raise WrongQuestion(f"{word}: -- is no value")
    try:
        options = make_parser().parse_args()
    except SystemExit:  # after --help, which may not have been written yet
        sys.stdout.flush()
        raise
    if not CASES.is_dir():
        raise WrongQuestion("there is no cases/ here: go into a checkout of Trapline, where 'make' has built it")
    with signals.hearing():
        status = run_verb(options)
    sys.stdout.flush()
    return status


def say(words: str) -> None:
    try:
        print(f"trapline: {words}", file=sys.stderr)
    except OSError as error:  # the exit status says the rest
        if streams.unread(error):
            raise


def status_of(stop: BaseException) -> int:
    """Of a command that was stopped."""
    return stop.status if isinstance(stop, Stopped) else 128 + signal.SIGINT


def end(error: BaseException) -> int:
    """Says in a line what has kept the command from its end; the exit status."""
    no_answer = STOP_BISECTING if sys.argv[1:2] == ["repro"] else 2
    if isinstance(error, SystemExit):  # argparse's way to say the same
        return no_answer if error.code == 2 else error.code
    if isinstance(error, (KeyboardInterrupt, Cancelled)):
        say("stopped")
        return status_of(error)
    if streams.unread(error):
        return process.BROKEN_PIPE
    say(str(error) if isinstance(error, WrongQuestion) else faults.in_a_line(error))
    return no_answer


def main() -> int:
    try:
        signals.listen()
        threading.excepthook = signals.on_failure
        streams.prepare()
        try:
            status = answer()
        except BaseException as error:
            if is_lacking(error):
                signals.hear(signal.SIG_DFL)
                raise
            try:
                status = end(error)
            except BrokenPipeError:  # nobody reads that either
                status = process.BROKEN_PIPE
        streams.finish()
        signals.hear(signal.SIG_IGN)  # from here on it takes no time
        process.leave()
        return status
    except KeyboardInterrupt as stop:  # one more, while it ends
        signals.hear(signal.SIG_IGN)
        process.leave()
        return status_of(stop)


def is_lacking(error: BaseException) -> bool:
    """Whether this Python lacks a module that is not Trapline's: harness/__main__.py goes on with another."""
    return isinstance(error, ModuleNotFoundError) and not (error.name or "").startswith("harness")
