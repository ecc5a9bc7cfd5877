# SPDX-License-Identifier: BSD-2-Clause
"""A page of 30,000 cells in a real browser, or one that --page names: by keyboard alone; accessibility."""

import itertools
from pathlib import Path

import pytest

from harness.bench.browser import AXE, MISSING, Browser
from harness.bench.page import made_up
from harness.catalogue.image import read_images
from harness.report.html import page
from harness.system.places import BUILD

# One worker, and so one browser.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(bool(MISSING), reason=f"{' and '.join(MISSING)}: not installed"),
]

MOST_TABS = 2000  # the page's links, and then some
SCREENS = ((1400, 900), (390, 844))  # pixels: a desk's and a phone's


@pytest.fixture(scope="module")
def address(pytestconfig, tmp_path_factory) -> str:
    path = pytestconfig.option.page
    if path:
        path = Path(path).resolve()
    else:
        path = tmp_path_factory.mktemp("page") / "index.html"
        path.write_text(page([], made_up([case for image in read_images() for case in image.cases])), encoding="utf-8")
    return path.as_uri()


def tab_to(window: Browser, selector: str) -> None:
    for _ in range(MOST_TABS):
        window.press("Tab")
        if window.run("return document.activeElement.matches(arguments[0])", selector):
            return
    raise AssertionError(f"no Tab leads to {selector}")


def focused(window: Browser, attribute: str) -> str:
    return window.run("return document.activeElement.getAttribute(arguments[0]) ?? ''", attribute)


def test_the_keyboard_alone(window, address):
    """Filters by a bug, opens a cell that has it, follows to its story, and goes back by the browser's own way."""
    window.open(address)
    tab_to(window, "#filter-bug")
    window.press("Down")
    bug = window.run("return document.activeElement.value")
    assert bug and f"bug={bug}" in window.run("return location.hash")
    assert " of " in window.run("return document.getElementById('count').textContent")
    tab_to(window, '#matrix [tabindex="0"]')
    window.press("Down")
    while bug not in focused(window, "aria-label").split():
        before = window.run("return document.activeElement.cellIndex")
        window.press("Right")
        if window.run("return document.activeElement.cellIndex") == before:
            window.press("Home", "Down")
            assert window.run("return document.activeElement.closest('tr').nextSibling !== null")
    place = window.run("return [document.activeElement.parentElement.rowIndex, document.activeElement.cellIndex]")
    window.press("Enter")
    window.wait("document.querySelector('#panel[open] h2')")
    tab_to(window, "#panel h3 a")
    assert bug in window.run("return document.activeElement.textContent")
    window.press("Enter")
    window.wait("document.activeElement.matches('.story')")
    assert bug in window.run("return document.activeElement.textContent")
    window.back()
    window.wait("document.querySelector('#panel[open]')")
    window.press("Esc")
    window.wait("!document.querySelector('#panel[open]')")
    assert place == window.run(
        "return [document.activeElement.parentElement.rowIndex, document.activeElement.cellIndex]"
    )
    assert window.complaints() == []


def test_a_page_that_is_named_is_accessible(window, address, pytestconfig):
    if not pytestconfig.option.page:
        pytest.skip("--page names none; a small page is asked in any case")
    if not AXE.exists():
        pytest.skip(f"axe-core: not installed: npm install --prefix {BUILD.name} axe-core")
    for (width, height), scheme in itertools.product(SCREENS, ("light", "dark")):
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        window.command("Emulation.setDeviceMetricsOverride", **size)
        window.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        window.open("about:blank")
        window.open(address)
        assert window.run("return document.documentElement.scrollWidth") <= width, scheme
        window.run(AXE.read_text(encoding="utf-8"))
        window.run("axe.run().then((found) => { window.found = found.violations; })")
        window.wait("window.found")
        assert window.run("return window.found.map((each) => [each.id, each.nodes.length])") == [], (width, scheme)
