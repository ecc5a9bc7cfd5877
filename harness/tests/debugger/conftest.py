# SPDX-License-Identifier: BSD-2-Clause
"""Runs in debugger modes, a proxy between gdb and the gdbstub, and command files that are spoilt."""

import pytest

from harness.catalogue.image import read_images, select
from harness.judging.result import Result
from harness.platform import Platform, find_platforms
from harness.runs import runner
from harness.runs.runner import Group, Runner
from harness.settings import Settings
from harness.system.limits import Deadlines
from harness.system.process import PrivateDirectory
from harness.tests.debugger import proxy


@pytest.fixture(scope="session")
def tcg(settings: Settings) -> Platform:
    (platform,) = find_platforms(settings.target, "tcg")
    assert isinstance(platform, Platform), platform.reason
    return platform


@pytest.fixture
def deadlines() -> Deadlines:
    """The deadlines of all boots; a test may cut them short once what it waits for is certain."""
    return Deadlines()


@pytest.fixture
def run(settings, tcg, tmp_path, deadlines):
    """Runs cases of one image in a debugger mode."""

    def run(mode: str, cases: str) -> list[Result]:
        chosen = Runner(settings.jobs, deadlines)
        chosen.record._runs = tmp_path / "runs"
        (image,) = select(read_images(), cases, "")
        return chosen.run(Group(tcg, mode, image))

    return run


@pytest.fixture
def between(monkeypatch):
    """Puts a proxy between gdb and the gdbstub of each VM that boots."""

    def put(kind: type[proxy.Proxy], nth: int) -> list[proxy.Proxy]:
        proxies: list[proxy.Proxy] = []

        def served_address(private: PrivateDirectory, name: str, _) -> str:
            listener, _ = private.listen("proxy")
            proxies.append(kind(listener, private.path / name, nth))
            proxies[-1].start()
            return "proxy"

        monkeypatch.setattr(PrivateDirectory, "served_address", served_address)
        return proxies

    return put


@pytest.fixture
def spoilt(monkeypatch):
    """Has gdb do something unforeseen, as further lines of the mode's command file after the line `place`."""

    def spoil(place: str, *lines: str) -> None:
        def command_file(*arguments) -> str:
            before, found, after = whole(*arguments).partition(f"{place}\n")
            places.append(found)
            assert places[0]  # in the first VM; there may be others, for other cases
            return "\n".join([before + place, *lines, after]) if found else before

        places: list[str] = []
        whole = runner.command_file
        monkeypatch.setattr(runner, "command_file", command_file)

    return spoil
