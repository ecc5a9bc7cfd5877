# SPDX-License-Identifier: BSD-2-Clause
"""The verb list: the cases, the platforms usable here, the debugger modes, the known bugs."""

from rich.text import Text

from harness.blessing.foundations import foundations
from harness.catalogue.debugger_modes import MODES
from harness.catalogue.image import read_images, select
from harness.catalogue.required import SCRIPTED
from harness.debugger.gdb import find_gdb
from harness.judging.bugs import read_bugs
from harness.platform import find_platforms
from harness.report import terminal
from harness.settings import Settings
from harness.system.places import CASES, ROOT


def list_all(settings: Settings) -> int:
    """Prints the cases with their modes, the platforms, the debugger modes, the bugs."""
    console = terminal.make_console()
    images = select(read_images(), settings.case, settings.mode)
    modes: dict[str, list[str]] = {}
    for image in images:
        for case in image.cases:
            name, _, mode = case.partition("@")
            modes.setdefault(name, []).append(mode)
    console.print(Text("cases", style="bold"))
    for name, its_modes in sorted(modes.items()):
        console.print(Text(f"  {name}: {' '.join(its_modes)}"))
    logs = [path for path in sorted(CASES.glob("*/*.log")) if not path.name.endswith(SCRIPTED)]
    asked = {case for image in images for case in image.cases}
    console.print(Text("required logs", style="bold"))
    console.print(Text(f"  {foundations(logs, asked)}"))
    console.print(Text("platforms", style="bold"))
    terminal.print_platforms(console, find_platforms(settings.target, default="all"))
    console.print(Text("debugger modes", style="bold"))
    console.print(Text(f"  {' '.join(MODES)}{'' if find_gdb() else ' (but gdb is not on the PATH)'}"))
    console.print(Text("known bugs", style="bold"))
    for bug in read_bugs(ROOT / "bugs"):
        predicted = all(sighting.basis == "source" for sighting in bug.seen)
        console.print(Text(f"  {bug.name}: {bug.title}{' (predicted from source, not seen)' if predicted else ''}"))
    return 0
