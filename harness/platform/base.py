# SPDX-License-Identifier: BSD-2-Clause
"""What the harness asks of a platform, whichever hypervisor is underneath."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from harness.catalogue.debugger_modes import MODES
from harness.catalogue.modes import ALL_MODES
from harness.debugger.gdb import Debugging
from harness.system.limits import Deadlines
from harness.vm.outcome import Outcome

# The debugger modes where the harness drives no debugger.
DETACHED = ("detached",)


@dataclass(kw_only=True)
class Unusable:
    """A platform that cannot be used here, and why; `asked` if somebody wanted this very one.

    `left_out` if it could be used, and is not because nobody asked for it and its results would be no reference.
    `lacking` if this machine has not what it takes, whichever version of the hypervisor is asked for.
    """

    name: str
    reason: str
    asked: bool = True
    left_out: bool = False
    lacking: bool = False
    debuggers: tuple[str, ...] = MODES

    @classmethod
    def detached(cls, name: str, reason: str, lacking: bool = False) -> "Unusable":
        """One in which the harness would drive no debugger."""
        return cls(name=name, reason=reason, lacking=lacking, debuggers=DETACHED)


@dataclass(kw_only=True)
class Platform(ABC):
    """One way to run the guest, found to work; `asked` if somebody wanted this very one.

    `program` is the hypervisor's path, `description` its name and version for people. `modes` are the CPU's that
    cases run in, `debuggers` the debugger modes that it offers; `no_debugger` says why not the others, and
    `software_breakpoints` whether gdb can have breakpoints in the guest's memory. `facts` are what known bugs can
    depend on; `reservations` why its results are no reference, and `remarks` what else a reader should know.
    `backtraces` if a hypervisor that dies is to leave its call chain, in backtrace.txt. `pace` is about how many
    times as long a run takes as in TCG here. `longest` is how many characters the list of cases on the guest's
    command line may have. `cpu` gives the CPU that it runs on as a
    platform of its own, where that is emulated.
    """

    name: str
    program: str
    description: str
    facts: dict[str, str]
    versions: dict[str, str]
    reservations: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    asked: bool = True
    modes: tuple[str, ...] = ALL_MODES
    debuggers: tuple[str, ...] = MODES
    no_debugger: str = ""
    software_breakpoints: bool = True
    backtraces: bool = False
    pace: float = 1.0
    longest: int = 65000  # of the 65535 that the guest takes (guest/main.c)
    cpu: "Callable[[], Platform | Unusable | None]" = lambda: None

    @abstractmethod
    def boot(
        self,
        image: Path,
        cases: str,
        folder: Path,
        deadlines: Deadlines,
        debugging: Debugging | None = None,
        on_case: Callable[[str], None] = lambda case: None,
    ) -> Outcome:
        """Boots the image for the cases (as the guest's command line names them) and watches it to its end.

        The logs go into `folder`; `on_case` hears of each case that begins. Raises Cancelled when the whole
        command is being stopped.
        """

    def beneath(self) -> "Platform | None":
        """The CPU that this platform runs on, where that is emulated: it can be asked itself. None where it is real."""
        cpu = self.cpu()
        return cpu if isinstance(cpu, Platform) else None

    def has_mode(self, case: str) -> bool:
        """Whether the CPU has the mode that a case (NAME@MODE) runs in; where not, the case is not this platform's."""
        return case.partition("@")[2] in self.modes

    def refusal(self, case: str, debugger: str) -> str:
        """Why a case (NAME@MODE) is not run here in a debugger mode that is offered; empty if it is."""
        return ""

    def close(self) -> None:
        """Ends what the platform keeps running for the next boot; there may be one again."""

    @abstractmethod
    def write_command(self, folder: Path, image: Path, cases: str, debugging: Debugging | None) -> None:
        """Writes folder/command, a shell script that boots the same again, with the log on the terminal.

        `image` lies in the folder above. Programs are assigned by script.default_of(), so that another machine may
        have its own. On Windows, command.cmd stands beside it.
        """


def modes_asked_of(platform: Platform | Unusable, asked: str) -> list[str]:
    """The debugger modes that DEBUGGER=`asked` means on a platform: a column of the table each.

    Of "all", those that it offers. One that it does not offer is a result, `unusable`, only where both were
    asked for by name.
    """
    names = list(MODES) if asked == "all" else asked.split(",")
    return [name for name in names if name in platform.debuggers or (platform.asked and asked != "all")]
