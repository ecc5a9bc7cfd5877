# SPDX-License-Identifier: BSD-2-Clause
"""bless --witness: what a real CPU says, by a log captured there, is noted in required logs that say the same."""

from pathlib import Path

from rich.text import Text

from harness.blessing.bless import log_path
from harness.blessing.foundations import HARDWARE
from harness.catalogue.log import Log
from harness.catalogue.log_file import GUEST, Name, read_blocks, updated
from harness.judging.compare import align
from harness.report import terminal
from harness.runs import captured
from harness.system import files
from harness.system.errors import WrongQuestion
from harness.system.places import BUILD, CASES
from harness.system.printable import printable
from harness.system.whole import write_whole


def take_witness(source: str, directory: Path = CASES) -> int:
    """Notes each block of a log from hardware in the required log that says the same; 1 if one says something else."""
    console = terminal.make_console()
    text = captured.text_of(captured.read(source, BUILD / "captured", lambda line: None))
    runs = captured.runs_in(text, printable(source))
    agreed, contrary = 0, 0
    for log in runs:
        who = _hardware(log, printable(source))
        for words in (*log.repairs, *log.doubts):
            console.print(Text(f"{who}: {words}"))
        for path, blocks in _by_log(log, directory).items():
            required = read_blocks(path)
            same = {name: [who] for name, lines in blocks.items() if required.get(name) == lines}
            agreed += len(same)
            if same:
                write_whole(path, updated(files.read_text(path, "ascii"), {}, same), encoding="ascii")
            for name in blocks.keys() & required.keys() - same.keys():
                contrary += 1
                console.print(Text(f"{name[1]}: {who} says something else: the log is worth an issue"))
                terminal.print_difference(console, align(required[name], blocks[name]), (path.name, who))
    console.print(Text(f"{agreed} blocks are as required, and say so now; {contrary} are not"))
    return int(contrary > 0)


def _hardware(log: Log, source: str) -> str:
    """The CPU as a required log names it. Raises WrongQuestion where a hypervisor has come between."""
    if hypervisor := log.cpu.get("hypervisor"):
        raise WrongQuestion(f"{source}: the guest ran below {hypervisor}: a witness is a log from the bare machine")
    model = [log.cpu.get(key, "") for key in ("family", "model", "stepping")]
    if not all([log.cpu.get("vendor"), *model]):
        raise WrongQuestion(f"{source}: it does not say what CPU it is from: the line 'cpu vendor=...' is not whole")
    return f"{HARDWARE} {log.cpu['vendor']} {'.'.join(model)}"


def _by_log(log: Log, directory: Path) -> dict[Path, dict[Name, list[str]]]:
    """The complete blocks of a log by the file that each is to be held against, as far as there is one."""
    found: dict[Path, dict[Name, list[str]]] = {}
    for block in log.blocks:
        path = log_path(directory, block.case.partition("@")[0], log.cpu["vendor"])
        lacks = any(line.startswith("needs ") for line in block.lines)
        if block.complete and path.exists() and not lacks:
            found.setdefault(path, {})[GUEST, block.case] = block.lines
    return found
