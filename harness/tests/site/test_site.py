# SPDX-License-Identifier: BSD-2-Clause
"""The site: its pages parse, its links lead somewhere, text stays text, and the same input makes the same bytes."""

import json
import posixpath
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from harness.catalogue.image import read_images, select
from harness.judging.bugs import read_bug
from harness.judging.result import Judgement, Named, Result, Verdict
from harness.runs.merge import read_run
from harness.site.lines import LINES
from harness.site.picture import STRIPE, picture
from harness.site.site import site, write_site
from harness.system.errors import WrongQuestion
from harness.system.places import ROOT
from harness.tests.report.kept import NASTY, keep, nasty_run, verdict
from harness.verbs import site as verb

# What they share is made once.
pytestmark = pytest.mark.xdist_group("site")

CASES = "icebp,break_int3,nested_step,vmx_msrs,xmhf_rdmsr,init_sipi"
BUGS = ("tcg-int1-ud", "tcg-init-cr0", "qemu-1045", "whpx-int1", "no-svm", "bochs-no-msr", "xmhf-2540p")
VOID = {"meta", "link", "br", "img", "col", "input"}


class Document(HTMLParser):
    """A page's links, what it loads, its elements and attributes, its text; all that is opened is closed in turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links, self.loads, self.names, self.attributes, self.text = [], [], set(), set(), ""
        self.allowed = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag, attrs):
        self.text += " "  # as it is to be seen
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
        given = dict(attrs)
        if tag == "meta" and given.get("http-equiv") == "Content-Security-Policy":
            self.allowed = given["content"]
        elif tag == "a":
            self.links.append(given["href"])
        elif tag == "link":
            self.loads.append(given["href"])
        self.loads += [given["src"]] if "src" in given else []
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        self.text += data


def result(case="icebp@kernel64", ending=Verdict.PASS, platform="tcg", debugger="detached") -> Result:
    bugs = (Named("tcg-int1-ud", "TCG raises #UD on INT1"),) if ending is Verdict.KNOWN else ()
    return Result(case, platform, debugger, Judgement(ending, bugs=bugs))


RESULTS = [result(), result(debugger="step", ending=Verdict.KNOWN), result("init_sipi@kernel32", Verdict.UNUSABLE)]


def made(lines=(), results=RESULTS, bugs=BUGS, cases=CASES) -> dict[str, str]:
    images = select(read_images(), cases, "")
    chosen = [read_bug(ROOT / "bugs" / f"{bug}.toml") if isinstance(bug, str) else bug for bug in bugs]
    return dict(site(list(lines), results, chosen, images))


@cache
def files() -> dict[str, str]:
    return made()


@cache
def documents() -> dict[str, Document]:
    return {address: Document(text) for address, text in files().items() if address.endswith(".html")}


def words(address: str) -> str:
    return " ".join(documents()[address].text.split())


def test_each_bug_and_each_case_has_a_page():
    cases = CASES.split(",")
    assert {f"bugs/{bug}.html" for bug in BUGS} | {f"questions/{case}.html" for case in cases} <= set(files())
    assert {"index.html", "bugs/index.html", "questions/index.html", "matrix.svg", "site.css"} <= set(files())


def test_all_links_lead_somewhere():
    followed = 0
    for address, document in documents().items():
        for link in [*document.links, *document.loads]:
            if link.startswith(("#", "https://", "http://")):
                continue
            place = posixpath.normpath(posixpath.join(posixpath.dirname(address), link.partition("#")[0]))
            assert place in files(), (address, link)
            followed += 1
    assert followed > 50


def test_each_page_is_reached_from_the_first():
    reached, new = set(), {"index.html"}
    while new:
        reached |= new
        here = [(address, link) for address in new for link in documents()[address].links if ":" not in link]
        new = {posixpath.normpath(posixpath.join(posixpath.dirname(at), link.partition("#")[0])) for at, link in here}
        new = {address for address in new if address.endswith(".html")} - reached
    assert reached == set(documents())


def test_nothing_runs_and_nothing_comes_from_elsewhere():
    for address, document in documents().items():
        if address != "index.html":  # which is the page of a run
            assert document.allowed.startswith("default-src 'none'; style-src 'self'; img-src 'self'; ")
            assert not document.names & {"script", "style", "iframe", "object", "form", "base"}
            assert not any(name.startswith("on") or name == "style" for name in document.attributes)
        assert not any("//" in place for place in document.loads)
    assert "url(" not in files()["site.css"] and "@import" not in files()["site.css"]


def test_text_stays_text(tmp_path):
    """Whatever runs say, and what is in a bug's file."""
    bug = replace(
        read_bug(ROOT / "bugs" / "tcg-int1-ud.toml"),
        title=NASTY,
        reports=["javascript:alert(1)", f"https://a.b/{NASTY}"],
    )
    lines, results = nasty_run(tmp_path)
    bad = replace(result(), platform=results[0].platform, judgement=results[0].judgement)
    pages = made(lines, [*results, bad], [bug], "icebp")
    for address, text in pages.items():
        assert "<script>alert" not in text, address
        if address.endswith(".html"):
            document = Document(text)
            assert not any(link.startswith("javascript:") for link in document.links)
            assert address == "index.html" or "script" not in document.names
    assert "<script>alert(1)" in Document(pages["bugs/tcg-int1-ud.html"]).text
    assert "<script>alert(1)" in Document(pages["questions/icebp.html"]).text
    picture_text = "".join(ElementTree.fromstring(pages["matrix.svg"]).itertext())
    assert "<script>" in picture_text


def test_the_same_input_makes_the_same_bytes():
    assert made(bugs=BUGS[:2], cases="icebp") == made(bugs=BUGS[:2], cases="icebp")


def test_a_bug_is_on_a_line_of_versions():
    text = words("bugs/qemu-1045.html")
    assert "KVM on AMD: Linux, takes a gdb ✓ 5.10.223 absent ≠ 6.1.176 present" in text
    assert "gdb's breakpoint makes KVM give the nested guest's single-step #DB to QEMU" in text
    assert "make repro BUG=qemu-1045" in text and "qemu-system-x86_64" in text and "-x trapline.gdb" in text
    assert "https://gitlab.com/qemu-project/qemu/-/issues/1045" in documents()["bugs/qemu-1045.html"].links
    assert "P 7.1 predicted ? 10.2 nothing recorded" in words("bugs/whpx-int1.html")


def test_a_bug_has_what_is_required_and_what_is_seen():
    text = words("bugs/tcg-int1-ud.html")
    assert "required seen #DB cpu=0 rip=after" in text and "#UD cpu=0 rip=icebp" in text
    assert "../questions/icebp.html" in documents()["bugs/tcg-int1-ud.html"].links


def test_what_no_case_can_show_has_a_page_all_the_same():
    assert "It is no bug of a hypervisor's." in words("bugs/no-svm.html")
    assert "make upstream" not in words("bugs/no-svm.html") + words("bugs/xmhf-2540p.html")


def test_a_question_has_its_reasons_and_who_gets_it_wrong():
    text = words("questions/icebp.html")
    assert "mark icebp .byte 0xf1" in text and "rule #DB: rip=after" in text and "begin icebp@kernel32," in text
    assert "tcg: TCG raises #UD on INT1 (QEMU <9.1)." in text
    assert "mode tcg kernel32 - user32 -" in text and "K known, tcg-int1-ud" in text
    assert "gdb has breakpoints where the guest is about to write INT3" in words("questions/break_int3.html")


def test_a_question_leads_to_its_worst_result():
    links = documents()["questions/icebp.html"].links
    assert "../index.html#case=icebp%40kernel64&on=tcg&with=step" in links


def test_of_what_is_red_the_gravest_answers_a_question():
    """A record that is out of date does not stand where the hypervisor died."""
    results = [result(ending=Verdict.FIXED), result(debugger="step", ending=Verdict.CRASH)]
    page = Document(made(results=results, cases="icebp")["questions/icebp.html"])
    assert "C crash" in " ".join(page.text.split()) and "F fixed?" not in " ".join(page.text.split())


def test_the_picture_has_a_stripe_for_each_question():
    """Those that are alike, side by side, are one bar; the words below it stand clear of each other."""
    results = [
        result(),
        result("int3@user64", Verdict.HANG),
        result("zzz@user64", Verdict.HANG),
        result(platform="kvm"),
    ]
    root = ElementTree.fromstring(picture(results))
    space = "{http://www.w3.org/2000/svg}"
    *rows, legend = [group.findall(f"{space}rect") for group in root.findall(f"{space}g")]
    bars = [[(bar.get("class"), int(bar.get("width")) // STRIPE) for bar in row] for row in rows]
    assert bars == [[("right", 1), ("red", 2)], [("right", 1)]]
    assert "1 of 3 right" in "".join(root.itertext())
    begins = [int(rect.get("x")) for rect in legend]
    ends = [x + 15 + 7 * len(rect.get("class")) for x, rect in zip(begins, legend)]
    assert all(end < begin for end, begin in zip(ends, begins[1:]))


def test_pages_that_are_not_made_any_more_go_and_nothing_else(tmp_path):
    for name in ("bugs/gone.html", "questions/gone.html", "CNAME", "bugs/note.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    write_site(tmp_path, iter([("bugs/a.html", "a"), ("index.html", "i")]))
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {"bugs/a.html", "bugs/note.txt", "CNAME", "index.html"}


def test_folders_and_lists_are_one_run(tmp_path):
    folder = keep(tmp_path / "runs" / "a", [verdict()])
    list_ = tmp_path / "out.json"
    list_.write_text(json.dumps([verdict(platform="xen") | {"run": "r"}, verdict(ending=Verdict.HANG) | {"run": "r"}]))
    _, results = read_run(str(folder), str(list_))
    assert {(each.platform, each.verdict) for each in results} == {("tcg", Verdict.HANG), ("xen", Verdict.PASS)}


def test_without_a_run_it_says_how_to_get_one(tmp_path, monkeypatch):
    monkeypatch.setattr(verb, "RUNS", tmp_path / "runs")
    with pytest.raises(WrongQuestion, match="no run is kept there: 'make run' leaves one"):
        verb.make_site([])


def test_the_picture_of_the_readme_has_the_versions_that_the_findings_have():
    named = [
        text.text for text in ElementTree.parse(ROOT / "docs" / "matrix.svg").iter("{http://www.w3.org/2000/svg}text")
    ]
    here = [line for line in LINES if line.accel in ("tcg", "bochs")]
    assert {f"{line.accel} {line.program}={version}" for line in here for version in line.versions} <= set(named)
