# SPDX-License-Identifier: BSD-2-Clause
"""Scripts that boot a VM again: for a POSIX shell everywhere, since it may be sent, and on Windows for cmd.exe too."""

import re
import shlex
import subprocess
from pathlib import Path

from harness.system.whole import whole, write_whole

# What all Unix systems have, and so tells nothing of one.
PUBLIC = ("/bin/", "/usr/bin/", "/usr/local/bin/", "/usr/libexec/")

# A line of default_of().
DEFAULT = re.compile(r"^(\w+)=\$\{(\w+):-(.*)\}$", re.MULTILINE)

# What a shell takes for more than text within ${NAME:?text}, and all that could be.
NOT_PLAIN = re.compile(r"[^\w .,:+()@/=~-]")

# What cmd.exe would not leave as it is outside of quotes.
SPECIAL = re.compile(r"[\s&|<>^()!;,=]")


def default_of(variable: str, value: str) -> str:
    """A shell line: `variable` in lower case is what the environment says in upper case, else `value`."""
    return f"{variable.lower()}=${{{variable}:-{shlex.quote(value)}}}"


def portable(script: str, description: str) -> str:
    """The script, made to find its programs on any machine, or to say which one it wants: that of `description`."""

    def elsewhere(found: re.Match) -> str:
        variable, environment, value = found.groups()
        public = next((value.removeprefix(place) for place in PUBLIC if value.startswith(place)), value)
        if environment == "TRAPLINE":
            return f"{variable}=${{{environment}:-$PWD}}"
        if "/" in public:
            wanted = NOT_PLAIN.sub("", description)
            return f"{variable}=${{{environment}:?say {environment}=path: the report is of {wanted}}}"
        return f"{variable}=${{{environment}:-{public}}}"

    return DEFAULT.sub(elsewhere, script)


def shell_words(words: list[str], variables: dict[str, str]) -> str:
    """A command's words for a shell, with variables for the texts in them that these stand for, the longest first."""
    texts = sorted(variables, key=len, reverse=True)
    pieces = re.compile(f"({'|'.join(map(re.escape, texts))})")
    return " ".join(
        "".join(
            f'"{variables[piece]}"' if piece in variables else shlex.quote(piece)
            for piece in pieces.split(word)
            if piece
        )
        or "''"
        for word in words
    )


def write_script(path: Path, lines: list[str]) -> None:
    """An executable shell script of these lines."""
    with whole(path) as beside:
        beside.write_text("\n".join(["#!/bin/sh", *lines, ""]), encoding="utf-8", newline="\n")
        beside.chmod(0o755)


def cmd_default_of(variable: str, value: str) -> str:
    """A line for cmd.exe: `variable` is what the environment says, else `value`."""
    return f'if not defined {variable} set "{variable}={cmd_text(value)}"'


def cmd_text(text: str) -> str:
    """The text as cmd.exe takes it in a batch file: % begins a variable there, in quotes too."""
    return text.replace("%", "%%")


def cmd_words(words: list[str]) -> str:
    """A command's words as a program that cmd.exe starts gets them."""
    return " ".join(map(_cmd_word, words))


def _cmd_word(word: str) -> str:
    quoted = subprocess.list2cmdline([word])
    if SPECIAL.search(word) and not quoted.startswith('"'):
        quoted = f'"{quoted}"'
    return cmd_text(quoted)


def write_cmd(path: Path, lines: list[str]) -> None:
    """A batch file of these lines, which leaves the environment as it was."""
    unicode = [] if all(map(str.isascii, lines)) else ["chcp 65001 >nul"]
    write_whole(path, "\n".join(["@echo off", "setlocal", *unicode, *lines, ""]), encoding="utf-8", newline="\r\n")
