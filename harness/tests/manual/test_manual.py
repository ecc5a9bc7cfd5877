# SPDX-License-Identifier: BSD-2-Clause
"""The manual page and bash's completion are the command line's, and each verb's example is a command."""

import shlex
import shutil
import subprocess
import sys

import pytest

from harness.command_line import EXAMPLES, make_parser
from harness.knobs import KNOBS
from harness.manual.files import FILES
from harness.system.places import ROOT

COMPLETE = f"""
trapline() {{ {shlex.quote(sys.executable)} -m harness "$@"; }}
. share/trapline.bash
try() {{ COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _trapline; echo "${{COMPREPLY[*]}}"; }}
"""


@pytest.mark.parametrize("place", FILES)
def test_it_is_what_the_command_line_makes(place):
    assert (ROOT / place).read_text(encoding="utf-8") == FILES[place](), "python3 -m harness.manual writes it anew"


def test_the_page_has_every_verb_and_knob():
    text = (ROOT / "share" / "trapline.1").read_text(encoding="utf-8").replace(r"\-", "-")
    assert [name for name in EXAMPLES if f'\n.SS "{name}' not in text] == []
    assert [name for name, *_ in KNOBS if f"\n\\fB--{name}\\fR " not in text] == []


@pytest.mark.skipif(not shutil.which("groff"), reason="groff is not on the PATH")
def test_groff_has_nothing_to_say_of_the_page():
    command = ["groff", "-man", "-ww", "-rCHECKSTYLE=3", "-Tascii", "share/trapline.1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "") and "TRAPLINE(1)" in done.stdout


@pytest.mark.parametrize("verb", EXAMPLES)
def test_help_ends_with_an_example_that_is_a_command(verb, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    parser = make_parser()
    with pytest.raises(SystemExit):
        parser.parse_args([verb, "--help"])
    assert capsys.readouterr().out.endswith(f"\n\nexample: python3 -m harness {EXAMPLES[verb]}\n")
    assert parser.parse_args(shlex.split(EXAMPLES[verb])).verb == verb


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not on the PATH")
def test_bash_completes(private):
    """The last word of each; `list` is asked once, for cases and bugs."""
    asked = {
        ("re",): "repro report",
        ("run", "--de"): "--debugger",
        ("judge", "--de"): "",
        ("run", "--debugger", "s"): "step script",
        ("run", "--debugger", "="): "detached attached hbreak break watch step left cut script all",
        ("run", "--mode", "=", "c"): "compat32",
        ("run", "--json", "s"): "",  # bash completes names of files, then
        ("run", "--case", "iceb"): "icebp icebp_not_present",
        ("repro", "tcg-int1-u"): "tcg-int1-ud",
        ("show", "icebp_"): "icebp_not_present",
        ("show", "fix"): "fixed?",
        ("lab", "f"): "fetch",
    }
    lines = "".join(f"try trapline {shlex.join(words)}\n" for words in asked)
    script = COMPLETE + "_trapline_names cases >/dev/null\n" + lines
    done = subprocess.run(["bash", "-c", script], cwd=ROOT, env=private, capture_output=True, text=True, timeout=120)
    assert done.stderr == ""
    assert dict(zip(asked, done.stdout.split("\n"))) == asked
