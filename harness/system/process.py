# SPDX-License-Identifier: BSD-2-Clause
"""What differs between operating systems: child processes that do not outlive us, private sockets, programs' places.

Windows has no sessions, process groups, fork() and UNIX sockets (not in Python), and signals end processes at once.
"""

import atexit
import os
import platform
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from harness.system import limits, orphans, private
from harness.system.errors import Cancelled, WrongQuestion
from harness.system.faults import FILES
from harness.system.intake import pieces
from harness.system.printable import printable, shortened

# Everything that only POSIX has asks this first.
POSIX = os.name == "posix"

# Elsewhere, loopback TCP.
UNIX_SOCKETS = POSIX

# Their paths are limited to about 100 bytes.
LONGEST_DIRECTORY = 60
ROOT_VARIABLE = "TRAPLINE_PRIVATE_ROOT"

# POSIX's SIGPIPE by its number: Windows has none, but pipes that nobody reads.
BROKEN_PIPE = 128 + 13

# Files that this process has open for each VM, one with a gdb; and what it and each of its children may have besides:
# a QEMU 13, a gdb as many, and more with devices and vCPUs.
FILES_OF_A_VM, FILES_BESIDE = 8, 64

# Without its own words among those of the program.
WINE = ("env", "WINEDEBUG=-all", "wine")

# On Windows, where installers put programs without telling the PATH: QEMU's, and MSYS2's for gdb.
PLACES = (r"%ProgramFiles%\qemu", r"%SystemDrive%\msys64\ucrt64\bin", r"%SystemDrive%\msys64\mingw64\bin")

# NTSTATUS, [MS-ERREF] 2.3.1: what a Windows process exits with that dies by itself. abort() exits with 3.
DEATHS = {
    0xC0000005: "STATUS_ACCESS_VIOLATION",
    0xC000001D: "STATUS_ILLEGAL_INSTRUCTION",
    0xC0000094: "STATUS_INTEGER_DIVIDE_BY_ZERO",
    0xC00000FD: "STATUS_STACK_OVERFLOW",
    0xC0000374: "STATUS_HEAP_CORRUPTION",
    0xC0000409: "STATUS_STACK_BUFFER_OVERRUN",
    0xC0000420: "STATUS_ASSERTION_FAILURE",
}


def sees_the_dead() -> bool:
    """Whether the system tells that a child has ended without freeing its number; macOS does since Python 3.13."""
    return POSIX and hasattr(os, "waitid")


class Child(subprocess.Popen):
    """A child that leads a group of its own.

    Where the system has a way, it is seen to have ended without its number becoming free, until end() ends what it has
    left in the group: no other process can have that number meanwhile.
    """

    _ending = threading.RLock()  # one for all: each is had for a moment
    _ended = False

    def poll(self) -> int | None:
        if not sees_the_dead():
            return super().poll()
        with self._ending:
            if self.returncode is None:
                try:
                    found = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
                except ChildProcessError:  # as where SIGCHLD is ignored: nobody knows how it ended
                    self.returncode, self._ended = 0, True
                    return self.returncode
                if found:
                    self.returncode = found.si_status if found.si_code == os.CLD_EXITED else -found.si_status
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if not sees_the_dead():
            return super().wait(timeout)
        until = float("inf") if timeout is None else time.monotonic() + timeout
        pause = 0.0005
        while self.poll() is None:
            if timeout is None:
                try:
                    os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
                except ChildProcessError:  # end() was quicker
                    continue
            left = until - time.monotonic()
            if left <= 0:
                raise subprocess.TimeoutExpired(self.args, timeout)
            time.sleep(min(pause, left))
            pause = min(2 * pause, LONGEST_PAUSE)
        return self.returncode

    def end_group(self) -> None:
        """Kills it, if it has not ended, and all that it has left in its group."""
        with self._ending:
            if POSIX and not self._ended and (sees_the_dead() or self.returncode is None):
                try:
                    os.killpg(self.pid, signal.SIGKILL)
                except (ProcessLookupError, PermissionError):
                    pass

    def end(self) -> None:
        """The same, for good: its number is free after that."""
        if not POSIX:
            self.terminate()
        self.end_group()
        status = self.wait()
        if sees_the_dead():
            with self._ending:
                if not self._ended:
                    self.end_group()  # what was started meanwhile
                    os.waitpid(self.pid, 0)
                    self.returncode, self._ended = status, True


LONGEST_PAUSE = 0.05  # seconds between two looks whether a child has ended

# What starts a command below setpriv: as its words, beside the number of the parent.
IF_NO_ORPHAN = ["/bin/sh", "-c", 'test "$PPID" = "$0" && exec "$@"']

_children: set[Child] = set()
_lock = threading.Lock()
_stopping = threading.Event()
_roots: list[str] = []  # what private_root() has made


def is_foreign(program: str) -> bool:
    """Whether it is a program for Windows on another system, where Wine runs it."""
    return POSIX and program.lower().endswith(".exe")


def child_command(command: list[str]) -> list[str]:
    """The command, wrapped, where there is a way, so that it is killed when the thread that starts it is gone.

    One that is gone before setpriv has asked for that kills nothing: then this process is not the parent any more.
    """
    if is_foreign(command[0]):
        command = [*WINE, *command]
    setpriv = shutil.which("setpriv") if POSIX else None
    if setpriv is None:
        return command
    return [setpriv, "--pdeathsig", "KILL", "--", *IF_NO_ORPHAN, str(os.getpid()), *command]


def find_program(name: str) -> str | None:
    """A program's path, by the PATH or where it uses to be installed."""
    elsewhere = "" if POSIX else os.path.expandvars(os.pathsep.join(PLACES))
    return shutil.which(name) or shutil.which(name, path=elsewhere)


def start(command: list[str], **options) -> Child:
    """Starts a child out of reach of the terminal's Ctrl-C."""
    if POSIX:
        options["start_new_session"] = True
    else:
        options["creationflags"] = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    with _lock:
        if stopping():
            raise Cancelled
        if POSIX:
            orphans.adopt()
        child = Child(child_command(command), **options)
        _children.add(child)
    return child


def stop(child: Child) -> None:
    """Kills the child and what it has started, even if it has ended, and reaps it."""
    with _lock:
        _children.discard(child)
    child.end()


def output(child: Child) -> Iterator[bytes]:
    """What a child says, piece by piece; once it has ended, what it has left behind is waited for a moment only."""
    ended = 0.0

    def over() -> bool:
        nonlocal ended
        if child.poll() is None:
            return False
        ended = ended or time.monotonic()
        return time.monotonic() - ended > limits.LAST_WORDS

    return pieces(child.stdout, over)


def run(command: list[str], deadline: float, most: int = 0, **options) -> tuple[int | None, str]:
    """Runs a child to its end; its exit status, and its output.

    The status is None if it does not end within `deadline` seconds, or says more than `most` bytes (0: the bound).
    """
    options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT} | options
    most = most or limits.BOUND.size
    data, status = _heard(command, deadline, options, lambda data: len(data) > most)
    return status, data[:most].decode("utf-8", "replace")


def first_line(command: list[str], deadline: float) -> str:
    """What a child says first on its standard output; "" if it says nothing within `deadline` seconds."""
    options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    data, _ = _heard(command, deadline, options, lambda data: b"\n" in data or len(data) > limits.BOUND.line)
    return shortened(printable(data.partition(b"\n")[0][: limits.BOUND.line].decode("utf-8", "replace").rstrip()))


def _heard(
    command: list[str], deadline: float, options: dict, enough: Callable[[bytes], bool]
) -> tuple[bytes, int | None]:
    """What a child says until it ends, or that is enough, or it is late; its exit status in the first case."""
    child = start(command, **options)
    late = threading.Event()
    said = bytearray()

    def end() -> None:
        late.set()
        stop(child)

    timer = threading.Timer(deadline, end)
    try:
        timer.start()
        for data in output(child):
            said += data
            if enough(said):
                return bytes(said), None
        status = child.wait()
        return bytes(said), None if late.is_set() else status
    finally:
        timer.cancel()
        stop(child)
        child.stdout.close()


def stop_all() -> None:
    """Ends all children, for good: stopping() is true from now on."""
    _stopping.set()
    with _lock:  # start() adds a child that it had begun to start before
        children = list(_children)
    for child in children:
        stop(child)


def stopping() -> bool:
    return _stopping.is_set()


def accept(
    listener: socket.socket, child: Child, deadline: float, hopeless: Callable[[], bool] = lambda: False
) -> socket.socket | None:
    """The child's connection to the listener; None if it ends, is `hopeless`, or late, after `deadline` seconds."""
    until = time.monotonic() + deadline
    listener.settimeout(0.05)
    while time.monotonic() < until:
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            if child.poll() is not None or hopeless():
                return None
            continue
        connection.settimeout(None)
        return connection
    return None


def signal_name(status: int) -> str:
    """The signal that a child died of, by itself (negative status) or below a shell (128 + number); or "".

    On Windows, the status that it ended itself with, or was ended with.
    """
    if not POSIX:
        return DEATHS.get(status & 0xFFFFFFFF, "")
    try:
        return signal.Signals(-status if status < 0 else status - 128).name
    except ValueError:
        return ""


def describe_exit(status: int) -> str:
    """How a child ended, as the rest of a sentence."""
    name = signal_name(status)
    return f"died of {name}" if name else f"exited with status {status}"


def private_root() -> Path:
    """The directory that holds this command's sockets: ours alone, removed when the command ends.

    Where it is killed, the next command does that.

    Processes that this one starts find it through the environment and leave its removal to this one.
    """
    if not os.path.isdir(os.environ.get(ROOT_VARIABLE, "")):
        parent = tempfile.gettempdir()
        too_long = UNIX_SOCKETS and len(parent) > LONGEST_DIRECTORY
        parent = "/tmp" if too_long else parent
        root = private.make_folder(parent) if POSIX else tempfile.mkdtemp(prefix=private.PREFIX, dir=parent)
        os.environ[ROOT_VARIABLE] = root
        _roots.append(root)
        atexit.register(remove_private_root)
    return Path(os.environ[ROOT_VARIABLE])


def remove_private_root() -> None:
    for root in _roots:
        shutil.rmtree(root, ignore_errors=True)


def leave() -> None:
    """Leaves nothing behind."""
    stop_all()
    orphans.end()
    remove_private_root()


def allow_files(vms: int) -> None:
    """Lets this process and its children open the files that so many VMs at a time take.

    Raises WrongQuestion where the system does not, as a hypervisor that may not open one dies as of a fault of its own.
    """
    if not POSIX:
        return
    import resource

    needed = FILES_BESIDE + vms * FILES_OF_A_VM
    least, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if least == resource.RLIM_INFINITY or least >= needed:
        return
    if most != resource.RLIM_INFINITY and most < needed:
        mend = FILES if vms > 1 else "raise 'ulimit -n'"
        raise WrongQuestion(f"too many open files: JOBS={vms} takes up to {needed}, and there may be {most}: {mend}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, most))


def cpu_name() -> str:
    """This machine's processor."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace") if POSIX else ""
    except OSError:
        text = ""
    models = [line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("model name")]
    return models[0] if models else platform.processor()


def connecting_chardev(name: str) -> str:
    """The options of a QEMU chardev that connects to the UNIX socket of this name, in the directory where QEMU runs."""
    return f"socket,id={name},path={name}"


def serving_chardev(name: str, where: str = "") -> str:
    """The options of a QEMU chardev that listens at the UNIX socket of this name, or elsewhere."""
    return f"socket,id={name},{where or f'path={name}'},server=on,wait=off"


class PrivateDirectory:
    """A directory for one VM's sockets, and the ways to name these to QEMU and gdb, which run in it.

    `program` is whoever is to connect to them, or to serve them.
    """

    def __init__(self, program: str = "") -> None:
        self._unix = UNIX_SOCKETS and not is_foreign(program)
        self._listeners: list[socket.socket] = []
        self.path: Path | None = None

    def __enter__(self) -> "PrivateDirectory":
        self.path = Path(tempfile.mkdtemp(dir=private_root()))
        return self

    def __exit__(self, *_) -> None:
        for listener in self._listeners:
            listener.close()
        if self.path:
            shutil.rmtree(self.path, ignore_errors=True)

    def listen(self, name: str) -> tuple[socket.socket, str]:
        """A listening socket, and the options of the QEMU chardev that connects to it."""
        if self._unix:
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(str(self.path / name))
            options = connecting_chardev(name)
        else:
            listener = socket.create_server(("127.0.0.1", 0))
            options = f"socket,id={name},host=127.0.0.1,port={listener.getsockname()[1]}"
        listener.listen(1)
        self._listeners.append(listener)
        return listener, options

    def serve(self, name: str) -> str:
        """The options of a QEMU chardev that listens; see `served_address` for where."""
        return serving_chardev(name, "" if self._unix else "host=127.0.0.1,port=0")

    def served_address(self, name: str, filename: str) -> str:
        """Where gdb connects to: `filename` is what QMP's query-chardev says of the chardev."""
        if self._unix:
            return name
        return filename.partition("tcp:")[2].partition(",")[0]
