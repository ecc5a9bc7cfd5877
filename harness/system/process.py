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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.system import private
from harness.system.errors import Cancelled, Stopped

# Everything that only POSIX has is behind this.
POSIX = os.name == "posix"

# Elsewhere, loopback TCP.
UNIX_SOCKETS = POSIX

# Their paths are limited to about 100 bytes.
LONGEST_DIRECTORY = 60
ROOT_VARIABLE = "TRAPLINE_PRIVATE_ROOT"

LONGEST_LINE = 1 << 16  # bytes; what is longer counts as several lines

# POSIX's SIGPIPE by its number: Windows has none, but pipes that nobody reads.
BROKEN_PIPE = 128 + 13

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

_children: set[subprocess.Popen] = set()
_lock = threading.Lock()
_stopping = threading.Event()
_asked: list[int] = []  # the signals that have asked the command to end
_failed: list[BaseException] = []  # what threads have died of that nobody waits for
_roots: list[str] = []  # what private_root() has made


def is_foreign(program: str) -> bool:
    """Whether it is a program for Windows on another system, where Wine runs it."""
    return POSIX and program.lower().endswith(".exe")


def child_command(command: list[str]) -> list[str]:
    """The command, wrapped, where there is a way, so that it is killed when the thread that starts it is gone."""
    if is_foreign(command[0]):
        command = [*WINE, *command]
    setpriv = shutil.which("setpriv") if POSIX else None
    return [setpriv, "--pdeathsig", "KILL", "--", *command] if setpriv else command


def find_program(name: str) -> str | None:
    """A program's path, by the PATH or where it uses to be installed."""
    elsewhere = "" if POSIX else os.path.expandvars(os.pathsep.join(PLACES))
    return shutil.which(name) or shutil.which(name, path=elsewhere)


def start(command: list[str], **options) -> subprocess.Popen:
    """Starts a child out of reach of the terminal's Ctrl-C."""
    if POSIX:
        options["start_new_session"] = True
    else:
        options["creationflags"] = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    with _lock:
        if stopping():
            raise Cancelled
        child = subprocess.Popen(child_command(command), **options)
        _children.add(child)
    return child


def stop(child: subprocess.Popen) -> None:
    """Kills the child and what it started, and reaps it."""
    with _lock:
        _children.discard(child)
    if not POSIX:
        child.terminate()
    elif child.returncode is None:  # not yet reaped, so that the number is still its group's, even if it is dead
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
    child.wait()


def run(command: list[str], deadline: float, **options) -> tuple[int | None, str]:
    """Runs a child to its end; its exit status, None if that is not within `deadline` seconds, and its output."""
    options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT} | options
    child = start(command, **options)
    try:
        output, _ = child.communicate(timeout=deadline)
        return child.returncode, output.decode("utf-8", "replace")
    except subprocess.TimeoutExpired as late:
        return None, (late.output or b"").decode("utf-8", "replace")
    finally:
        stop(child)
        child.stdout.close()


def first_line(command: list[str], deadline: float) -> str:
    """What a child says first on its standard output; "" if it says nothing within `deadline` seconds."""
    child = start(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    timer = threading.Timer(deadline, stop, [child])
    timer.start()
    try:
        return child.stdout.readline(LONGEST_LINE).decode("utf-8", "replace").rstrip()
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


def on_stop(number: int, _frame: object) -> None:
    """The handler of the signals that ask the command to end."""
    _asked.append(number)
    raise Stopped(number)


def check_asked() -> None:
    """Raises Stopped where a signal has asked for it."""
    if _asked and not stopping():
        raise Stopped(_asked[0])


def on_failure(failure: threading.ExceptHookArgs) -> None:
    """threading.excepthook: what a thread's death leaves undone, as lines of a log unread, is not to become a verdict.

    All VMs end, without one, and hearing() raises what the thread died of.
    """
    if failure.exc_value is not None:
        _failed.append(failure.exc_value)
    stop_all()


def check_failed() -> None:
    if _failed:
        raise _failed[0]


@contextmanager
def hearing() -> Iterator[None]:
    """Raises Stopped where a signal asked for it meanwhile, whatever the exception of its handler came to.

    One that is raised within __del__ is dropped; before Python 3.12, one within __set_name__, as of each enum that is
    imported, becomes a RuntimeError. Raises what a thread has died of, too.
    """
    try:
        yield
    except Exception:
        check_asked()
        check_failed()
        raise
    check_asked()
    check_failed()


def accept(listener: socket.socket, child: subprocess.Popen, deadline: float) -> socket.socket | None:
    """The child's connection to the listener; None if it ends, or `deadline` seconds pass, without one."""
    until = time.monotonic() + deadline
    listener.settimeout(0.05)
    while time.monotonic() < until:
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            if child.poll() is not None:
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
    if ROOT_VARIABLE not in os.environ:
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
    remove_private_root()


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
