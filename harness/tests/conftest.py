# SPDX-License-Identifier: BSD-2-Clause
"""The knobs as pytest options, the collection of the cases, and their results.

One test for each case, platform and debugger mode: test_cases.py::test_case[icebp@kernel64-tcg-detached].
Tests that share a VM are judged from one boot of it; pytest-xdist keeps them in one worker.
"""

import os
import signal
import subprocess
import tempfile
import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from harness import process
from harness.bugs import read_bugs
from harness.debugger import takes_part
from harness.errors import WrongQuestion
from harness.image import Image, read_images, select
from harness.platform import Platform, Unusable, find_platforms, modes_asked_of
from harness.platform.kvm import KVM
from harness.process import ROOT_VARIABLE
from harness.record import write_json
from harness.report import platform_lines
from harness.required import RequiredLogs
from harness.runner import Group, Runner
from harness.settings import ROOT, Settings, add_options, read_settings
from harness.verdict import Result

CASE_TESTS = "test_cases.py"
DEFAULT_ACCEL = "tcg"
GROUPED = "trapline_grouped"

SETTINGS = pytest.StashKey[Settings]()
IMAGES = pytest.StashKey[list[Image]]()
PLATFORMS = pytest.StashKey[list[Platform | Unusable]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    add_options(parser.getgroup("trapline", "which cases run, and where").addoption)


def pytest_configure(config: pytest.Config) -> None:
    if threading.current_thread() is threading.main_thread():  # a worker that was sent its files may be on another
        signal.signal(signal.SIGTERM, lambda number, frame: pytest.exit("terminated", returncode=128 + number))
    config.addinivalue_line("markers", "xdist_group(name): tests that run in one worker of pytest-xdist")
    if getattr(config.option, "dist", "no") == "load":
        config.option.dist = "loadgroup"
    if getattr(config, "workerinput", {}).get(GROUPED):
        config.option.loadgroup = True
    try:
        settings = read_settings(config.option)
        images = select(read_images(settings.build), settings.case, settings.mode)
        platforms = find_platforms(settings, DEFAULT_ACCEL)
        RequiredLogs(ROOT / "cases").cases()  # reads them all
        read_bugs(ROOT / "bugs")
    except WrongQuestion as error:
        pytest.exit(f"trapline: {error}", returncode=2)
    config.stash[SETTINGS], config.stash[IMAGES], config.stash[PLATFORMS] = settings, images, platforms
    process.private_root()
    if not hasattr(config, "workerinput"):  # xdist's workers leave it to their controller
        config.pluginmanager.register(Reporter(config))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:
    """A worker of pytest-xdist reads the command line itself, which says nothing of groups."""
    node.workerinput[GROUPED] = node.config.option.dist == "loadgroup"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.definition.path.name != CASE_TESTS:
        return
    settings, images = metafunc.config.stash[SETTINGS], metafunc.config.stash[IMAGES]
    found = metafunc.config.stash[PLATFORMS]
    platforms = [platform for platform in found if isinstance(platform, Platform) or platform.asked]
    parameters = [
        pytest.param(
            case,
            platform.name,
            debugger,
            id=f"{case}-{platform.name}-{debugger}",
            marks=pytest.mark.xdist_group(f"{platform.name}-{debugger}-{image.name}"),
        )
        for platform in platforms
        for debugger in modes_asked_of(platform, settings.debugger)
        for image in images
        for case in image.cases
        if takes_part(debugger, case)
    ]
    metafunc.parametrize(("case", "platform", "debugger"), parameters)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """CASE and MODE ask for cases, not for the harness's own tests."""
    settings = config.stash[SETTINGS]
    if settings.case or settings.mode:
        others = [item for item in items if item.path.name != CASE_TESTS]
        items[:] = [item for item in items if item.path.name == CASE_TESTS]
        config.hook.pytest_deselected(items=others)


class Verdicts:
    """The results of all collected cases; a VM boots when the first of its cases is asked for."""

    def __init__(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        self._settings = config.stash[SETTINGS]
        self._images = config.stash[IMAGES]
        self._runner = Runner(self._settings)
        self._platforms = {platform.name: platform for platform in config.stash[PLATFORMS]}
        self._results: dict[tuple[str, str, str], Result] = {}
        self._collected = {
            tuple(item.callspec.params[name] for name in ("case", "platform", "debugger"))
            for item in items
            if item.path.name == CASE_TESTS
        }

    def of(self, case: str, platform: str, debugger: str) -> Result:
        if (case, platform, debugger) not in self._results:
            image = next(image for image in self._images if case in image.cases)
            collected = image.narrowed(lambda name: (name, platform, debugger) in self._collected)
            self._boot(collected, self._platforms[platform], debugger)
        return self._results[case, platform, debugger]

    def _boot(self, image: Image, platform, debugger: str) -> None:
        if isinstance(platform, Platform):
            results = self._runner.run(Group(platform, debugger, image))
        else:
            results = self._runner.unusable(platform, [debugger], [image])
        for result in results:
            self._results[result.case, result.platform, result.debugger] = result


@pytest.fixture(scope="session")
def verdicts(request: pytest.FixtureRequest) -> Verdicts:
    return Verdicts(request.config, request.session.items)


@pytest.fixture(scope="session")
def settings(pytestconfig: pytest.Config) -> Settings:
    return pytestconfig.stash[SETTINGS]


@pytest.fixture(scope="session")
def bochs(settings: Settings) -> Platform:
    """Bochs, with its own default CPU; skips where there is none."""
    (platform,) = find_platforms(replace(settings, accel="bochs", cpu=""), "")
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


class Reporter:
    """Writes JSON=file, and says below the tests why some were skipped, and what they ran on."""

    def __init__(self, config: pytest.Config) -> None:
        self._settings = config.stash[SETTINGS]
        self._platforms = config.stash[PLATFORMS]
        self._results: list[dict] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        properties = dict(report.user_properties)
        if report.when == "call" and "verdict" in properties:
            self._results.append(properties)

    def pytest_sessionfinish(self) -> None:
        if self._settings.json:
            write_json(Path(self._settings.json), self._results)

    def pytest_terminal_summary(self, terminalreporter) -> None:
        reasons = Counter(report.longrepr[2] for report in terminalreporter.getreports("skipped"))
        for reason, count in reasons.items():
            terminalreporter.write_line(f"skipped ({count}): {reason.removeprefix('Skipped: ')}")
        for line in platform_lines(self._platforms):
            terminalreporter.write_line(line)
        if KVM.name not in [platform.name for platform in self._platforms]:
            words = KVM.obstacle() or "; ".join(KVM.reservations()) or "usable"
            terminalreporter.write_line(f"kvm: not asked for (ACCEL=kvm): {words}")
