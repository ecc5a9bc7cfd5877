# SPDX-License-Identifier: BSD-2-Clause
"""The signals that ask the command to end, each of which is heard, and what threads die of."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

from harness.system import process
from harness.system.errors import Stopped

# What asks the command to end: on POSIX, all by which one ends that hears nothing. Not SIGPIPE and SIGXFSZ, of which
# Python makes exceptions, nor what a program's own faults raise, as SIGSEGV.
ENDING = "SIGHUP SIGINT SIGQUIT SIGUSR1 SIGUSR2 SIGALRM SIGTERM SIGSTKFLT SIGXCPU SIGVTALRM SIGPROF SIGPOLL SIGPWR"
STOPPING = [signal.SIGINT, signal.SIGTERM]
if process.POSIX:
    STOPPING = [getattr(signal, name) for name in ENDING.split() if hasattr(signal, name)]
    STOPPING += range(signal.SIGRTMIN, signal.SIGRTMAX + 1) if hasattr(signal, "SIGRTMIN") else []

ONCE_MORE = 0.1  # seconds after which a signal is sent once more that Python has not heard

_asked: list[int] = []  # the signals that have asked the command to end
_dropped = threading.Event()  # the exception of the last one has come to nothing
_failed: list[BaseException] = []  # what threads have died of that nobody waits for


def hear(handler: Callable | signal.Handlers) -> None:
    for number in STOPPING:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as below nohup
            signal.signal(number, handler)


def listen() -> None:
    """From now on, each signal that asks the command to end raises Stopped in the main thread."""
    hear(on_stop)
    sys.unraisablehook = on_unraisable
    if process.POSIX:
        _watch()


@cache
def _watch() -> None:
    """From now on, Python writes the number of each signal into a pipe too."""
    numbers, end = os.pipe()
    os.set_blocking(end, False)
    signal.set_wakeup_fd(end, warn_on_full_buffer=False)
    threading.Thread(target=_ask_until_heard, args=[numbers], daemon=True).start()


def _ask_until_heard(pipe: int) -> None:
    """Sends a signal once more that Python has not heard, or whose exception was dropped.

    Python calls the handler of one when the main thread is between two of its instructions, or when the signal ends the
    system call that it waits in. One that comes just before such a call does neither, and the wait may be for ever.
    """
    while numbers := os.read(pipe, 64):
        time.sleep(ONCE_MORE)
        if not _asked or _dropped.is_set():
            _dropped.clear()
            signal.pthread_kill(threading.main_thread().ident, numbers[-1])


def on_stop(number: int, _frame: object) -> None:
    """The handler of the signals that ask the command to end."""
    _asked.append(number)
    if process.signal_name(-number) == "SIGXCPU":  # which comes again after each further second of processor time
        signal.signal(number, signal.SIG_IGN)
    raise Stopped(number)


def check_asked() -> None:
    """Raises Stopped where a signal has asked for it."""
    if _asked and not process.stopping():
        raise Stopped(_asked[0])


def on_failure(failure: threading.ExceptHookArgs) -> None:
    """threading.excepthook: what a thread's death leaves undone, as lines of a log unread, is not to become a verdict.

    All VMs end, without one, and hearing() raises what the thread died of.
    """
    if failure.exc_value is not None:
        _failed.append(failure.exc_value)
    process.stop_all()


def on_unraisable(lost: "sys.UnraisableHookArgs") -> None:
    """sys.unraisablehook: a signal whose exception is dropped, as within __del__, comes once more."""
    if isinstance(lost.exc_value, Stopped):
        signal.signal(lost.exc_value.number, on_stop)
        _dropped.set()
    else:
        sys.__unraisablehook__(lost)


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
