# SPDX-License-Identifier: BSD-2-Clause
"""The knobs as pytest options, the collection of the cases, and their results.

One test for each image, platform and debugger mode, which share a VM: test_cases.py::test_cases[guest64-tcg-detached].
What it found of each case comes to JSON= and, as a test case of its own, to JUNIT=.
"""

import contextlib
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from functools import partial
from pathlib import Path

import pytest
from _pytest.junitxml import xml_key
from _pytest.mark.expression import Expression

from harness.catalogue.debugger_modes import MODES, takes_part
from harness.catalogue.image import Image, read_images, select
from harness.catalogue.required import RequiredLogs
from harness.judging.bugs import read_bugs
from harness.judging.result import Result
from harness.knobs import add_options
from harness.platform import Platform, Unusable, find_platforms, modes_asked_of
from harness.platform.kvm import KVM
from harness.report.terminal import platform_lines
from harness.runs import folders, keep
from harness.runs.record import write_json
from harness.runs.runner import Group, Runner
from harness.settings import Settings, read_settings
from harness.system import process
from harness.system.errors import WrongQuestion
from harness.system.places import CASES, ROOT
from harness.system.printable import printable
from harness.system.process import ROOT_VARIABLE
from harness.system.signals import STOPPING
from harness.tests.aim import aimed
from harness.tests import faults
from harness.tests.cells import CELLS, case_report, lost_cell
from harness.verbs.common import must_differ, writable

# As containers of Python set it: what is printed would never be left to be written at the end.
os.environ.pop("PYTHONUNBUFFERED", None)

CASE_TESTS = "test_cases.py"
DEFAULT_ACCEL = "tcg"

# What make check leaves out: what boots, which no other test may, what builds, and what takes long.
SLOW = "slow"
# What make test leaves out too: pytest -m soak runs it.
SOAK = "soak"
BOOTING = ("qemu-system-x86_64", "bochs")

GROUPED = "trapline_grouped"

WORDS_OF_K = "it takes parts of names, 'and', 'or', 'not' and parentheses"

STOPPED = 128  # and the signal's number: the exit status

SETTINGS = pytest.StashKey[Settings]()
IMAGES = pytest.StashKey[list[Image]]()
PLATFORMS = pytest.StashKey[list[Platform | Unusable]]()
STARTED = pytest.StashKey[Path]()
REMOVED = pytest.StashKey[list[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("trapline", "which cases run, and where")
    add_options(group.addoption)
    group.addoption("--quick", action="store_true", help="only tests that boot nothing, and see that they do not")
    group.addoption("--page", metavar="FILE", help="a page of results, for the tests that open one in a browser")


def pytest_configure(config: pytest.Config) -> None:
    if threading.current_thread() is threading.main_thread():  # a worker that was sent its files may be on another
        for number in set(STOPPING) - {signal.SIGINT}:  # which pytest hears itself
            signal.signal(number, lambda number, frame: pytest.exit("terminated", returncode=STOPPED + number))
    config.addinivalue_line("markers", "xdist_group(name): tests that run in one worker of pytest-xdist")
    if getattr(config.option, "dist", "no") == "load":
        config.option.dist = "loadgroup"
    if getattr(config, "workerinput", {}).get(GROUPED):
        config.option.loadgroup = True
    config.addinivalue_line("markers", f"{SLOW}: a test that boots, builds or takes long, which make check leaves out")
    config.addinivalue_line("markers", f"{SOAK}: a test that takes long, which runs only where -m asks for it")
    config.addinivalue_line("markers", f"{faults.MARK}(kind, what, outcome, within): see harness/tests/faults.py")
    config.stash[faults.ROWS] = []
    controls = not hasattr(config, "workerinput")  # xdist's workers leave to their controller what is done once
    if config.option.quick:
        config.stash[STARTED] = hide(BOOTING)
    try:
        settings = read_settings(config.option, for_tests=True)
        must_differ({"JSON=": settings.json, "JUNIT=": config.option.xmlpath or ""})
        writable(settings.json)
        if (named := config.option.page) and not Path(named).is_file():
            raise WrongQuestion(f"--page {named}: is no file: 'make run' and 'make site' leave one")
        if junit := config.option.xmlpath:
            with contextlib.suppress(OSError):  # which writable() says better
                Path(junit).parent.mkdir(parents=True, exist_ok=True)
            writable(junit, "JUNIT")
        try:
            Expression.compile(config.option.keyword)
        except Exception:  # a class of pytest's own, and SyntaxError since pytest 9
            raise WrongQuestion(f"K={config.option.keyword}: is no expression: {WORDS_OF_K}") from None
        images = select(read_images(), settings.case, settings.mode)
        platforms = [] if config.option.quick else find_platforms(settings.target, DEFAULT_ACCEL)
        if controls:
            RequiredLogs(CASES).cases()  # reads them all
            read_bugs(ROOT / "bugs")
    except WrongQuestion as error:
        pytest.exit(f"trapline: {error}", returncode=2)
    config.stash[SETTINGS], config.stash[IMAGES], config.stash[PLATFORMS] = settings, images, platforms
    process.private_root()
    if controls:
        config.stash[REMOVED] = keep.make_room(folders.RUNS, settings.keep)
        keep.hold_all(folders.RUNS)  # tests look at runs that their commands have left
        config.pluginmanager.register(Reporter(config))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Two for each processor: for much of their time, tests wait."""
    return 2 * (os.cpu_count() or 1)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log):
    """Runs no test again that a worker died of, though several die at once; and lets the worker that takes a dead one's
    place begin its first test: it waits until it knows the next.
    """
    if config.option.dist != "loadgroup":
        return None
    from xdist.scheduler import LoadGroupScheduling

    class Scheduling(LoadGroupScheduling):
        def schedule(self) -> None:
            replaced = self.collection is not None
            super().schedule()
            for node in self.nodes if replaced else ():
                self._reschedule(node)

        def _reschedule(self, node) -> None:
            if node in self.registered_collections:  # else it is a new one that does not know its tests yet
                with contextlib.suppress(OSError):  # it has died meanwhile: that is heard next, with what it was given
                    super()._reschedule(node)

        def remove_node(self, node) -> str | None:
            units = self.assigned_work[node]
            pending = [(unit, test) for unit in units.values() for test, done in unit.items() if not done]
            for unit, test in pending[:1]:
                unit[test] = True
            for group in [group for group, unit in units.items() if all(unit.values())]:
                del units[group]  # which would be given to another worker, as nothing to do
            super().remove_node(node)
            return pending[0][1] if pending else None

    return Scheduling(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:
    """A worker of pytest-xdist reads the command line itself, which says nothing of groups."""
    node.workerinput[GROUPED] = node.config.option.dist == "loadgroup"


def hide(programs: tuple[str, ...]) -> Path:
    """Puts others of these names before them, which fail, and tell the file that is returned who has started them."""
    directory = Path(tempfile.mkdtemp(dir=process.private_root()))
    started = directory / "started"
    for name in programs:
        (directory / name).write_text(f'#!/bin/sh\necho "{name}" >>{shlex.quote(str(started))}\nexit 99\n')
        (directory / name).chmod(0o755)
    os.environ["PATH"] = f"{directory}{os.pathsep}{os.environ['PATH']}"
    return started


@pytest.fixture(autouse=True)
def starts_nothing(pytestconfig: pytest.Config):
    """Fails a test of make check that starts what it may not, whatever the test makes of that."""
    yield
    if (started := pytestconfig.stash.get(STARTED, None)) and started.exists():
        names = sorted(set(started.read_text().split()))
        started.unlink()
        pytest.fail(f"a test that is not marked {SLOW} starts {', '.join(names)}")


@pytest.fixture(autouse=True)
def held(request: pytest.FixtureRequest):
    """A fault's test is held to what holds for all."""
    mark = request.node.get_closest_marker(faults.MARK)
    with faults.held(mark.args[-1]) if mark else contextlib.nullcontext():
        yield


def pytest_itemcollected(item: pytest.Item) -> None:
    if row := faults.row_of(item):
        item.config.stash[faults.ROWS].append(row)


def slowest_first(debugger: str) -> int:
    """Steps take longest, then what stops and hangs."""
    return -len(MODES) if debugger == "step" else -MODES.index(debugger)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.definition.path.name != CASE_TESTS:
        return
    settings, images = metafunc.config.stash[SETTINGS], metafunc.config.stash[IMAGES]
    found = metafunc.config.stash[PLATFORMS]
    platforms = [platform for platform in found if isinstance(platform, Platform) or platform.asked]
    parameters = [
        pytest.param(image.name, platform.name, debugger, id=f"{image.name}-{platform.name}-{debugger}")
        for platform in platforms
        for debugger in sorted(modes_asked_of(platform, settings.debugger), key=slowest_first)
        for image in images
        if any(takes_part(debugger, case) for case in image.cases)
    ]
    metafunc.parametrize(("image", "platform", "debugger"), parameters)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """CASE and MODE ask for cases, not for the harness's own tests, --quick for none that is slow; cases come first."""
    settings = config.stash[SETTINGS]
    ours = [item for item in items if item.path.name == CASE_TESTS]
    others = [item for item in items if item.path.name != CASE_TESTS]
    chosen = [*ours, *([] if settings.case or settings.mode else others)]
    if config.option.quick:
        chosen = [item for item in chosen if not item.get_closest_marker(SLOW)]
    if SOAK not in config.option.markexpr:
        chosen = [item for item in chosen if not item.get_closest_marker(SOAK)]
    kept = set(chosen)
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = chosen


class Shares:
    """What each VM runs."""

    def __init__(self, config: pytest.Config) -> None:
        self._images = {image.name: image for image in config.stash[IMAGES]}
        settings = config.stash[SETTINGS]
        self._runner = Runner(settings.jobs, settings.deadlines)
        self._platforms = {platform.name: platform for platform in config.stash[PLATFORMS]}

    def run(self, image: str, platform: str, debugger: str) -> tuple[list[str], list[Result]]:
        """The cases that an image has for a debugger mode, and the result of each."""
        share = self._images[image].narrowed(partial(takes_part, debugger))
        chosen = self._platforms[platform]
        if isinstance(chosen, Platform):
            return list(share.cases), self._runner.run(Group(chosen, debugger, share))
        return list(share.cases), self._runner.unusable(chosen, [debugger], [share])


@pytest.fixture(scope="session")
def shares(pytestconfig: pytest.Config) -> Shares:
    return Shares(pytestconfig)


@pytest.fixture(scope="session")
def settings(pytestconfig: pytest.Config) -> Settings:
    return pytestconfig.stash[SETTINGS]


@pytest.fixture
def runner(settings: Settings) -> Runner:
    return Runner(settings.jobs, settings.deadlines)


@pytest.fixture(scope="session")
def bochs(settings: Settings) -> Platform:
    """Bochs, with its own default CPU; skips where there is none."""
    (platform,) = find_platforms(aimed(settings.target, accel="bochs", cpu=""), "")
    if isinstance(platform, Unusable):
        pytest.skip(f"bochs: {platform.reason}")
    return platform


@pytest.fixture
def private():
    """An environment in which everything temporary lies in one folder, whose path is short enough for sockets."""
    environment = {key: value for key, value in os.environ.items() if key != ROOT_VARIABLE}
    with tempfile.TemporaryDirectory(prefix="t-", dir="/tmp") as directory:
        yield environment | {"TMPDIR": directory}


@pytest.fixture
def guest(tmp_path: Path):
    """Builds guest.asm: the text that it writes, and what it does then."""

    def make(text: str, action: str) -> Path:
        (tmp_path / "text").write_text(text)
        source = Path(__file__).with_name("guest.asm")
        prefix = os.environ.get("CROSS_COMPILE", "")
        nasm = ["nasm", "-felf32", "-DTEXT='text'", f"-DACTION={action}", str(source), "-o", "guest.o"]
        link = [f"{prefix}ld", "-melf_i386", "-znoexecstack", "-Ttext=0x100000", "guest.o", "-o", "guest.elf"]
        subprocess.run(nasm, cwd=tmp_path, check=True)
        subprocess.run(link, cwd=tmp_path, check=True, stderr=subprocess.DEVNULL)
        return tmp_path / "guest.elf"

    return make


def unwritten(file: str, error: OSError) -> str:
    return f"{file}: cannot be written: {error.strerror}"


class Reporter:
    """Writes JSON=file, and says below the tests why some were skipped, and what they ran on."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._settings = config.stash[SETTINGS]
        self._platforms = config.stash[PLATFORMS]
        self._results: list[dict] = []
        self._wrong: list[str] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Takes each case's result from the test of its VM's share, and gives it to JUNIT= as one of its own."""
        cells = [value for name, value in report.user_properties if name == CELLS]
        report.user_properties[:] = [entry for entry in report.user_properties if entry[0] != CELLS]
        if report.when != "call":
            return
        junit = self._config.stash.get(xml_key, None)
        for cell in (cell for found in cells for cell in found):
            words = cell.pop("words")
            self._results.append(cell)
            for when in ("call", "teardown") if junit else ():
                junit.pytest_runtest_logreport(case_report(report, cell, words, when))

    @pytest.hookimpl(optionalhook=True)
    def pytest_handlecrashitem(self, crashitem: str) -> None:
        self._results += lost_cell(crashitem)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_sessionfinish(self, session: pytest.Session):
        """Writes JSON=, beside pytest, which writes JUNIT=."""
        if self._settings.json:
            try:
                write_json(Path(self._settings.json), self._results)
            except OSError as error:
                self._wrong.append(unwritten(f"JSON={self._settings.json}", error))
        if session.exitstatus >= STOPPED:  # of which pytest itself sums up nothing
            terminal = self._config.pluginmanager.get_plugin("terminalreporter")
            terminal.write_line("")
            summary = {"terminalreporter": terminal, "exitstatus": session.exitstatus, "config": self._config}
            self._config.hook.pytest_terminal_summary(**summary)
        outcome = yield
        if self._config.option.xmlpath and outcome.excinfo and isinstance(outcome.excinfo[1], OSError):
            self._wrong.append(unwritten(f"JUNIT={self._config.option.xmlpath}", outcome.excinfo[1]))
            outcome.force_result([])
        if session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and (expression := self._config.option.keyword):
            self._wrong.append(f"K={expression}: selects no test: a part of a test's or its file's name does")
        if self._wrong:
            session.exitstatus = 2

    def pytest_unconfigure(self) -> None:
        """Says last what is wrong, in a line each."""
        for words in self._wrong:
            print(f"trapline: {printable(words)}", file=sys.stderr)

    def pytest_terminal_summary(self, terminalreporter) -> None:
        reasons = Counter(report.longrepr[2] for report in terminalreporter.getreports("skipped"))
        for line in self._config.stash[REMOVED]:
            terminalreporter.write_line(line)
        for reason, count in reasons.items():
            terminalreporter.write_line(f"skipped ({count}): {reason.removeprefix('Skipped: ')}")
        for line in platform_lines(self._platforms):
            terminalreporter.write_line(line)
        if KVM.name not in [platform.name for platform in self._platforms]:
            words = KVM.obstacle() or "; ".join(KVM.reservations()) or "usable"
            terminalreporter.write_line(f"kvm: not asked for (ACCEL=kvm): {words}")


@pytest.fixture
def children(monkeypatch) -> list[subprocess.Popen]:
    """The processes that are started from now on, in order."""
    started: list[subprocess.Popen] = []
    start = process.start

    def note(*arguments, **options) -> subprocess.Popen:
        started.append(start(*arguments, **options))
        return started[-1]

    monkeypatch.setattr(process, "start", note)
    return started
