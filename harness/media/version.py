# SPDX-License-Identifier: BSD-2-Clause
"""Which version of this project this is, and from when, by git."""

import json
import os
import time

from harness.media import iso
from harness.system import process
from harness.system.errors import WrongQuestion
from harness.system.last_words import telling_line
from harness.system.places import CONTENTS, ROOT

DEADLINE = 60.0  # seconds


def own_version() -> str:
    """That of the archive that this was unpacked from, or of the checkout."""
    contents = ROOT / CONTENTS
    if contents.exists():
        return json.loads(contents.read_text(encoding="utf-8"))["name"].removeprefix("trapline-")
    return find_version()


def find_version() -> str:
    """By the nearest tag; where there is none, the commit and its date. "dirty" if files are not as committed."""
    status, output = _git("describe", "--tags", "--dirty", "--abbrev=12")
    if status == 0:
        return output.strip().replace("/", "-")
    commit = ask_git("describe", "--always", "--dirty", "--abbrev=12").strip()
    return f"{time.strftime('%Y%m%d', time.gmtime(_commit_time()))}-{commit}"


def find_epoch() -> int:
    """The one time that everything in the archive has, in seconds: SOURCE_DATE_EPOCH, or the commit's."""
    text = os.environ.get(iso.EPOCH, "")
    if text and not text.isdecimal():
        raise WrongQuestion(f"{iso.EPOCH}={text}: expected seconds since 1970")
    return int(text) if text else _commit_time()


def _commit_time() -> int:
    return int(ask_git("log", "-1", "--format=%ct"))


def _git(*arguments: str) -> tuple[int | None, str]:
    try:
        return process.run(["git", "-C", str(ROOT), *arguments], DEADLINE)
    except FileNotFoundError:
        raise WrongQuestion("the version: git is not on the PATH") from None


def ask_git(*arguments: str) -> str:
    status, output = _git(*arguments)
    if status != 0:
        raise WrongQuestion(f"the version: this is no checkout with git: {telling_line(output.splitlines())}")
    return output
