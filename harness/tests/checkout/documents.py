# SPDX-License-Identifier: BSD-2-Clause
"""The commands of the README and of docs/, and what they are said to print (CONTRIBUTING.md has the form)."""

import re
import shlex
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from harness.system.places import ROOT

PAGES = ("README.md", "CONTRIBUTING.md", "SECURITY.md", *sorted(f"docs/{path.name}" for path in ROOT.glob("docs/*.md")))

# What begins a command, where no prompt does.
PROGRAMS = "make python3 sh git cd ninja run.cmd podman agent/qemu gdb lldb dd winget trapline-VERSION\\run.cmd".split()

PROMPT = re.compile(r"[$>] ")  # sh's, Windows'
BLOCK = re.compile(r"\n\n((?: {4,}.*\n|\n)*? {4,}.*\n)(?=\n*(?! {4}|\n)|\n*\Z)")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)

# What differs from machine to machine and from build to build.
VARYING = (
    r"QEMU \d+\.\d+\.\d+( \(Debian .*?\))?",
    r"(?<=about ).*",
    r"\d+\.\d s",
    r"(?<=build/runs/)\d{8}-\d{6}-\d+",
    r"\b0x[0-9a-f]{8}\b",
    r"(?<=\.[ch]:)\d+|(?<=\.asm:)\d+",
)
LEFT_OUT = "..."  # a line that stands for any number of lines

# The knobs of make that are a word of their own to the harness, and what a target says to it besides.
WORDS = {"repro": ("BUG",), "upstream": ("BUG",), "show": ("CASE", "BUG"), "new-case": ("NAME",)}
SAYS = {"lab": ["fetch"]}


@dataclass(frozen=True)
class Command:
    """A command on a page, and the lines that it prints; None where the page does not say."""

    text: str
    shown: list[str] | None

    def words(self) -> list[str]:
        return shlex.split(self.text, comments=True)

    def harness(self) -> tuple[list[str], list[str]] | None:
        """What it asks of the harness, and which targets of make before that; None where it asks nothing."""
        words = self.words()
        if words[:3] == ["python3", "-m", "harness"]:
            return words[3:], []
        if words[0].endswith("run.cmd") or (words[0] == "sh" and words[1].endswith("run.sh")):
            words = words[1 + (words[0] == "sh") :]
            return (["run", *words] if not words or words[0].startswith("-") else words), []
        if words[0] != "make":
            return None
        knobs = dict(word.split("=", 1) for word in words[1:] if "=" in word)
        *before, target = [word for word in words[1:] if "=" not in word] or ["all"]
        own = [knobs.pop(name) for name in WORDS.get(target, ()) if name in knobs]
        options = [f"--{name.lower().replace('_', '-')}={value}" for name, value in knobs.items()]
        return [target, *SAYS.get(target, own), *options], before


def commands(page: str) -> Iterator[Command]:
    """Those of a page in their order; a file that a page shows, in YAML between fences, say, has none."""
    text = FENCE.sub("", (ROOT / page).read_text(encoding="utf-8"))
    for block in BLOCK.findall(text):
        lines = textwrap.dedent(block).rstrip().split("\n")
        while lines:
            line = lines.pop(0)
            if PROMPT.match(line):
                output = []
                while lines and not PROMPT.match(lines[0]):
                    output.append(lines.pop(0).rstrip())
                yield Command(line[2:], "\n".join(output).strip("\n").split("\n") if any(output) else [])
            elif line.split(" ")[0] in PROGRAMS:
                while lines and is_open(line):
                    line += "\n" + lines.pop(0)
                yield Command(line, None)


def is_open(command: str) -> bool:
    """Whether it goes on in the next line."""
    if command.endswith("\\"):
        return True
    try:
        shlex.split(command, comments=True)
    except ValueError:
        return True
    return False


def comparable(lines: list[str]) -> list[str]:
    """Without what varies, and with columns as wide as anywhere."""
    text = "\n".join(lines).replace(f"{ROOT}/", "")
    for pattern in VARYING:
        text = re.sub(pattern, "*", text)
    return [re.sub(r"(?<=\S) {2,}", "  ", line.rstrip()) for line in text.strip("\n").split("\n")]


def is_said(expected: list[str], seen: list[str]) -> bool:
    """Whether a page shows these lines, both comparable."""
    pattern = "".join("(?:.*\n)*" if line == LEFT_OUT else re.escape(line) + "\n" for line in expected)
    return re.fullmatch(pattern, "\n".join([*seen, ""])) is not None
