# SPDX-License-Identifier: BSD-2-Clause
"""The verb lab: kernels and QEMUs for emulated hosts, and Xens, fetched, listed, removed."""

from rich.text import Text

from harness.lab import cache
from harness.lab.fetch import NAMES, fetch
from harness.report import terminal
from harness.system.errors import WrongQuestion


def manage_lab(action: str, names: list[str]) -> int:
    console = terminal.make_console()

    def say(text: str) -> None:
        console.print(Text(text))

    if action in ("fetch", "ensure"):
        fetch(names, say, missing=action == "ensure")
    elif action == "remove":
        remove(names, say)
    elif names:
        raise WrongQuestion(f"lab list: takes no name, and lists all: leave {names[0]} out")
    else:
        list_items(say)
    return 0


def list_items(say) -> None:
    """What is there, and what could be."""
    say(f"in {cache.root()}:")
    for item in cache.items():
        say(f"  {item.name}: {item.package}, {item.origin}, {cache.size(item.path) / 1e6:.0f} MB")
    for path in cache.states():
        what = "a booted host" + (" in which a QEMU waits" if path.name.startswith(cache.WAITING) else "")
        say(f"  {path.name}: {what}, {cache.size(path) / 1e6:.0f} MB")
    say(f"to fetch: {' '.join(NAMES)}")


def remove(names: list[str], say) -> None:
    if not names:
        raise WrongQuestion("lab remove: say what, by the names that lab list shows")
    there = {path.name: path for path in [*(item.path for item in cache.items()), *cache.states()]}
    for name in names:
        if name not in there:
            raise WrongQuestion(f"{name}: is not there: choose from {', '.join(there) or 'nothing'}")
    for name in dict.fromkeys(names):
        cache.remove(there[name], lambda: say("another command fetches or boots: waiting for it"))
        say(f"{name} removed")
