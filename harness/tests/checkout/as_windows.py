# SPDX-License-Identifier: BSD-2-Clause
"""The harness as on Windows: python3 -m harness.tests.checkout.as_windows VERB...

It exits with TOUCHED where it is not.

Its switch is set, and whatever Windows has not fails on the harness's touch: functions and constants of os, signal and
socket, modules, paths, UNIX sockets, shells, and what subprocess does for POSIX alone. Below that are this system's
programs, and Python's libraries as they are here.
"""

import locale
import os
import platform
import signal
import socket
import subprocess
import sys
from pathlib import Path, PurePath

import rich.console  # noqa: F401  before the system has another name: on Windows it draws by other libraries

from harness.system import process

ROOT = Path(__file__).resolve().parents[3]

TOUCHED = 99

# Leaves the harness's own switch alone, to see that this finds what it is for.
UNSWITCHED = "TRAPLINE_TEST_UNSWITCHED"

# Python's documentation: "Availability" of each.
NOT_ON_WINDOWS = {
    os: (
        "chown chroot ctermid fchown fork forkpty getegid geteuid getgid getgroups getloadavg getpgid getpgrp "
        "getpriority getsid getuid killpg lchown login_tty mkfifo mknod nice openpty pipe2 posix_spawn posix_spawnp "
        "sched_getaffinity sched_setaffinity setegid seteuid setgid setpgid setpriority setsid setuid statvfs sync "
        "tcgetpgrp tcsetpgrp ttyname uname wait wait3 wait4 waitid O_NOCTTY O_NONBLOCK WNOHANG"
    ),
    signal: (
        "SIGALRM SIGCHLD SIGCONT SIGHUP SIGKILL SIGPIPE SIGQUIT SIGSTOP SIGTSTP SIGTTOU SIGUSR1 SIGUSR2 alarm pause "
        "pthread_kill pthread_sigmask setitimer sigwait sigwaitinfo"
    ),
    socket: "AF_UNIX AF_NETLINK AF_PACKET sethostname",
}
MODULES = ("crypt", "fcntl", "grp", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty")
PATHS = ("/bin", "/dev", "/etc", "/proc", "/sys", "/usr/bin", "/var/run")
SHELLS = ("bash", "dash", "env", "script", "setpriv", "setsid", "sh")
OPTIONS = ("group", "extra_groups", "pass_fds", "preexec_fn", "process_group", "start_new_session", "umask", "user")

OURS = str(ROOT / "harness")

touched: list[str] = []


class Touched(Exception):
    pass


def touch(what: str) -> None:
    """Notes it, whoever may catch the exception."""
    touched.append(what)
    raise Touched(what)


def on_event(event: str, arguments: tuple) -> None:
    """An audit hook (sys.addaudithook); Python's own null device is another on Windows, and its libraries are read."""
    if event == "open" and isinstance(arguments[0], str) and arguments[0] != os.devnull:
        if arguments[0].startswith(tuple(f"{path}/" for path in PATHS)):
            touch(f"open({arguments[0]})")
    elif event == "subprocess.Popen" and PurePath(os.fsdecode(arguments[0])).name in SHELLS:
        touch(f"Popen({arguments[0]})")
    elif event in ("socket.bind", "socket.connect") and isinstance(arguments[1], str | bytes):
        touch(f"{event}({arguments[1]!r})")
    elif event in ("os.fork", "os.forkpty", "os.exec", "os.posix_spawn", "os.system", "pty.spawn"):
        if sys._getframe(1).f_code.co_filename != subprocess.__file__:  # which has its own way on each system
            touch(event)


def guard() -> None:
    """Has all that fail on touch from now on."""
    locale.getpreferredencoding()
    platform.uname()  # is known from now on
    platform.system = lambda: "Windows"
    for module, names in NOT_ON_WINDOWS.items():
        here = {name: vars(module).pop(name) for name in names.split() if name in vars(module)}

        def find(name: str, module=module, here=here):
            if name in here and sys._getframe(1).f_code.co_filename.startswith(OURS):
                touch(f"{module.__name__}.{name}")
            if name not in here:
                raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
            return here[name]

        module.__getattr__ = find
    for name in MODULES:
        sys.modules[name] = None
    popen = subprocess.Popen.__init__

    def init(self, *arguments, **options):
        for name in OPTIONS:
            if options.get(name):
                touch(f"Popen({name}=)")
        if options.get("shell"):
            touch("Popen(shell=)")
        popen(self, *arguments, **options)

    subprocess.Popen.__init__ = init
    sys.addaudithook(on_event)


def main() -> int:
    if UNSWITCHED not in os.environ:
        process.POSIX = process.UNIX_SOCKETS = False
    guard()
    from harness.command_line import main as harness

    try:
        status = harness()
    finally:
        for what in dict.fromkeys(touched):
            print(f"as_windows: {what} was touched", file=sys.stderr)
    return TOUCHED if touched else status


if __name__ == "__main__":
    sys.exit(main())
