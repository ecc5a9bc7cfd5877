# SPDX-License-Identifier: BSD-2-Clause
"""The page in a real browser: filters, panel, bugs and addresses, by keyboard alone; hostile text; accessibility."""

from dataclasses import replace
from pathlib import Path

import pytest

from harness.bench.browser import AXE, MISSING, Browser
from harness.judging.bugs import read_bug
from harness.judging.result import Judgement, Named, Result, Verdict
from harness.report.html import page
from harness.system.places import BUILD, ROOT
from harness.tests.report.kept import nasty_run

# One worker, and so one browser.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(bool(MISSING), reason=f"{' and '.join(MISSING)}: not installed"),
]

FOCUSED = "document.activeElement.closest('tr')?.cells[0].textContent.trim() + document.activeElement.cellIndex"
ROWS = "return [...document.querySelectorAll('#matrix tbody th')].map((each) => each.textContent)"


def results() -> list[Result]:
    """Two families, one with a known bug in one debugger mode, and a difference."""
    bug = Judgement(Verdict.KNOWN, "TCG raises #UD on INT1", bugs=(Named("tcg-int1-ud", "TCG raises #UD on INT1"),))
    made = [
        Result(f"{name}@{mode}", "tcg", debugger, Judgement(Verdict.PASS))
        for name in ("icebp", "int3", "tf_step", "tf_clear")
        for mode in ("kernel64", "user64")
        for debugger in ("detached", "step")
    ]
    made[1] = replace(made[1], judgement=bug, required=["#DB cpu=0 rip=after"], seen=["#UD cpu=0 rip=icebp"])
    made[-1] = replace(made[-1], judgement=Judgement(Verdict.DIFFERS), required=["#DB dr6=1"], seen=["#DB dr6=2"])
    return made


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> str:
    path: Path = tmp_path_factory.mktemp("page") / "report.html"
    bug = read_bug(ROOT / "bugs" / "tcg-int1-ud.toml")
    text = page(["tcg: QEMU"], results(), {bug.name: bug}, lambda *what: f"make run {' '.join(what)}")
    path.write_text(text, encoding="utf-8")
    return path.as_uri()


def title(window: Browser) -> str:
    return window.run("return document.querySelector('#panel[open] h2')?.textContent ?? ''")


def test_the_keyboard_alone(window, address):
    """Filters, opens a cell, follows to the bug, and goes back by the browser's own way."""
    window.open(address)
    assert window.run(ROWS)[0].endswith("int (3)")
    window.run("document.getElementById('filter-q').focus()")
    window.press("icebp")
    assert window.run(ROWS)[1:] == ["icebp@kernel64", "icebp@user64"] and "q=icebp" in window.run(
        "return location.hash"
    )
    window.run("document.querySelector('#matrix [tabindex=\"0\"]').focus()")
    window.press("Down", "Right", "Right", "Right")
    assert window.run(f"return {FOCUSED}") == "icebp@kernel642"
    window.press("Enter")
    window.wait("document.querySelector('#panel[open]')")
    assert title(window) == "icebp@kernel64 on tcg, step: known"
    differing = "return [...document.querySelectorAll('#panel .wide del, #panel .wide ins')].slice(0, 4)"
    assert window.run(f"{differing}.map((each) => each.textContent)") == ["#DB", "rip=after", "#UD", "rip=icebp"]
    said = window.run("return document.getElementById('panel').textContent")
    assert "make run tcg icebp@kernel64 step" in said and "rule #DB: rip=after" in said and "BODY_16(icebp" in said
    window.run("document.querySelector('#panel h3 a').focus()")
    window.press("Enter")
    window.wait("document.activeElement.matches('.story')")
    assert title(window) == "" and "tcg-int1-ud" in window.run("return document.activeElement.textContent")
    window.back()
    window.wait("document.querySelector('#panel[open]')")
    window.press("Esc")
    window.wait("!document.querySelector('#panel[open]')")
    assert window.run(f"return {FOCUSED}") == "icebp@kernel642"
    assert window.run("return location.hash") == "#q=icebp"
    window.press("End", "Up", "Home", "Enter")
    assert window.run("return document.activeElement.getAttribute('aria-expanded')") == "false"
    assert len(window.run(ROWS)) == 1
    assert window.complaints() == []


def test_an_address_shows_what_its_sender_saw(window, address):
    for fragment, shown in (
        ("only=red", ["tf_clear@user64"]),
        ("only=odd", ["icebp@kernel64", "tf_clear@user64"]),
        ("only=apart&debugger=step", []),
        ("bug=tcg-int1-ud", ["icebp@kernel64"]),
        ("mode=user64&family=int", ["icebp@user64", "int3, 2 modes"]),
        ("q=STEP+tf&platform=tcg", ["tf_clear@kernel64", "tf_clear@user64", "tf_step, 2 modes"]),
    ):
        window.open("about:blank")
        window.open(f"{address}#{fragment}")
        assert [row for row in window.run(ROWS) if not row.endswith(")")] == shown, fragment
    window.open("about:blank")
    window.open(f"{address}#case=tf_clear%40user64&on=tcg&with=step&q=x")
    assert title(window) == "tf_clear@user64 on tcg, step: differs"
    assert window.run("return document.getElementById('filter-q').value") == "x"
    window.open("about:blank")
    window.open(f"{address}#case=none&on=tcg&with=step&bug=%3Cb%3E&only=x&open=,")
    assert title(window) == "" and window.complaints() == []


def test_a_mode_is_all_that_is_after_the_first_at(window, tmp_path):
    """As for Result.mode, whatever those call their modes who made the list of results."""
    path = tmp_path / "report.html"
    odd = [Result(f"odd@{mode}", "x", "step", Judgement(Verdict.HANG)) for mode in ("a@b", "a@c")]
    path.write_text(page([], odd), encoding="utf-8")
    window.open(f"{path.as_uri()}#mode=a%40c&case=odd%40a%40c&on=x&with=step")
    options = "return [...document.querySelectorAll('#filter-mode option')].map((each) => each.value)"
    assert window.run(options) == ["", "a@b", "a@c"]
    links = "return [...document.querySelectorAll('#panel .choices a')].map((each) => each.textContent)"
    assert window.run(links) == ["a@b", "a@c"]
    assert window.run("return document.getElementById('count').textContent").startswith("1 row, ")
    assert window.complaints() == []


def test_hostile_text_stays_text(window, tmp_path):
    lines, made = nasty_run(tmp_path)
    path = tmp_path / "report.html"
    path.write_text(page(lines, made), encoding="utf-8")
    window.open(path.as_uri())
    opened = 0
    for link in window.run("return [...document.querySelectorAll('.problems a, #known + div a')].map((a) => a.href)"):
        window.open(link)
        opened += bool(title(window))
    assert opened == 3
    assert window.run("return document.querySelectorAll('script').length") == 2
    assert window.run("return document.querySelectorAll('#panel script, b:not(.mark)').length") == 0
    assert window.complaints() == []


def test_a_phone_has_its_width(window, tmp_path):
    """However long a platform's name is."""
    path = tmp_path / "report.html"
    name = f"tcg package=Debian:1:{'7' * 60} cpu=max"
    lines = [f"{name}: QEMU, -cpu max; on Linux"]
    path.write_text(page(lines, [replace(result, platform=name) for result in results()]), encoding="utf-8")
    window.command("Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=1, mobile=True)
    window.open(path.as_uri())
    assert window.run("return document.documentElement.scrollWidth") == 390
    window.command("Emulation.clearDeviceMetricsOverride")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible(window, address, scheme):
    if not AXE.exists():
        pytest.skip(f"axe-core: not installed: npm install --prefix {BUILD.name} axe-core")
    window.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    for fragment in ("", "only=odd", "case=icebp%40kernel64&on=tcg&with=step"):
        window.open("about:blank")
        window.open(f"{address}#{fragment}")
        window.run(AXE.read_text(encoding="utf-8"))
        window.run("axe.run().then((found) => { window.found = found.violations; })")
        window.wait("window.found")
        assert window.run("return window.found.map((each) => [each.id, each.nodes.length])") == [], fragment
