# SPDX-License-Identifier: BSD-2-Clause
"""What bench says of what it measures, and of what it cannot; how long anything takes is not tested."""

import re

import pytest

from harness.bench import build, measure, page, start
from harness.bench.browser import MISSING
from harness.bench.measure import CannotMeasure, alternate, judged, ratio
from harness.catalogue.image import read_images
from harness.platform import Unusable
from harness.platform.qemu import QEMU
from harness.system.limits import Deadlines
from harness.verbs import bench as verb


@pytest.mark.parametrize("value, most, word", [(3.9, 4, "reached"), (4.0, 4, "reached"), (4.1, 4, "missed")])
def test_a_target_is_reached_or_missed(value, most, word):
    assert judged("it", value, "s", most, "why") == f"{word:9}it: {value:.2f} s, target: at most 4 (why)"


def test_what_has_no_target_is_measured():
    assert judged("it", 3, "s", None) == "measured it: 3.00 s"


def test_what_is_compared_runs_in_turn():
    order: list[str] = []
    times = alternate(lambda: order.append("a"), lambda: order.append("b"), rounds=3)
    assert order == ["a", "b"] * 4 and list(map(len, times)) == [3, 3]
    assert ratio([2.0, 6.0, 3.0], [1.0, 2.0, 3.0]) == (2.0, "1.00 to 3.00, 3 pairs")


@pytest.fixture
def program(tmp_path):
    def write(text: str) -> list[str]:
        path = tmp_path / "program"
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        return [str(path)]

    return write


def test_debug_flat_need_not_end(program):
    start._boot(program("echo 'PASS: Single-step #DB w/ MOVSS blocking'; exec sleep 60"), Deadlines())


@pytest.mark.parametrize("text", ["echo other", "echo 'PASS: Single-step #DB w/ MOV'; exec sleep 60"])
def test_debug_flat_that_does_not_get_there(program, text):
    with pytest.raises(CannotMeasure, match="debug.flat does not come to"):
        start._boot(program(text), Deadlines(0.01))


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """Writes the Makefile that is all there is to build, with this recipe."""
    monkeypatch.setattr(build, "ROOT", tmp_path)
    return lambda recipe: (tmp_path / "Makefile").write_text(f"all:\n\t{recipe}\n")


def test_the_first_line_of_the_build_is_timed(sources):
    sources("@echo now; sleep 0.3")
    first, *_ = build.build()
    assert re.fullmatch(r"(reached|missed ) +the build's first line: \d+\.\d\d s, target: at most 1", first)


def test_a_build_that_says_nothing_has_missed_it(sources):
    sources("@true")
    assert next(build.build()).startswith("missed   the build's first line: it has none (")


def test_the_time_of_its_processors_is_counted(sources):
    sources("@echo now; i=0; while [ $$i -lt 200000 ]; do i=$$((i+1)); done")
    *_, last = build.build()
    assert float(re.search(r"(\d+\.\d) s of processors\)", last)[1]) > 0


def test_a_build_that_fails_cannot_be_measured(sources):
    sources("@echo broken; false")
    with pytest.raises(CannotMeasure, match="make all fails in a copy of the sources: broken"):
        list(build.build())


def test_a_large_page_has_so_many_cells():
    results = page.made_up([f"c{number}@user64" for number in range(1000)])
    cells = {(result.case, result.platform, result.debugger) for result in results}
    assert len(cells) == len(results) == page.CELLS
    assert {result.verdict.value for result in results} == {"pass", "known"}


def test_where_there_is_no_checkout_nothing_is_built(tmp_path, monkeypatch):
    monkeypatch.setattr(measure, "ROOT", tmp_path)
    with pytest.raises(CannotMeasure, match="it takes a checkout"):
        list(build.build())


def fails(*_):
    yield "reached  something"
    raise CannotMeasure("it hangs")


@pytest.mark.parametrize(
    "all_modes, status, last",
    [
        (lambda *_: ["missed   it"], 0, "missed   it"),
        (fails, 1, "-        cannot be measured: it hangs"),
    ],
)
def test_only_what_cannot_be_measured_is_an_error(settings, monkeypatch, capsys, all_modes, status, last):
    qemu = QEMU(name="tcg", program="qemu", description="QEMU", facts={}, versions={}, options=[])
    monkeypatch.setattr(verb, "find_platforms", lambda *_, **__: [qemu])
    monkeypatch.setattr(verb, "build", lambda: ["reached  the build"])
    monkeypatch.setattr(verb, "large_page", lambda _: ["reached  the page"])
    monkeypatch.setattr(verb, "detached", lambda *_: ["reached  detached"])
    monkeypatch.setattr(verb, "all_modes", all_modes)
    assert verb.bench(settings, "") == status
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:3] == [start.WITHOUT_IT, "reached  the build"]
    assert lines[-2:] == [last, verb.THE_TESTS]


def test_a_platform_that_cannot_be_used_cannot_be_measured(settings, monkeypatch):
    monkeypatch.setattr(verb, "find_platforms", lambda *_, **__: [Unusable(name="kvm", reason="none")])
    assert verb.bench(settings, "") == 1


@pytest.mark.slow
@pytest.mark.skipif(bool(MISSING), reason=f"{' and '.join(MISSING)}: not installed")
def test_a_page_is_opened_and_filtered():
    *_, opened, filtered = page.large_page(read_images())
    assert re.fullmatch(r"(reached|missed ) +opening it in Chromium: \d+\.\d\d s, target: at most 1", opened)
    assert re.fullmatch(r"(reached|missed ) +a filter in it: \d+\.\d\d ms, target: at most 50 \(.*\)", filtered)


def test_without_a_browser_it_says_so(monkeypatch):
    monkeypatch.setattr(page, "MISSING", ["chromium"])
    monkeypatch.setattr(page, "CELLS", 100)
    *_, last = page.large_page(read_images())
    assert last == "-        opening and filtering it: chromium: not installed"
