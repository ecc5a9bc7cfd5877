# SPDX-License-Identifier: BSD-2-Clause
"""The scripts that boot a VM of QEMU's again, by hand, with gdb where one took part."""

import shlex
from pathlib import Path

from harness.debugger.gdb import GDB_OPTIONS, Debugging
from harness.vm.script import cmd_default_of, cmd_words, default_of, write_cmd, write_script


def write_command(
    folder: Path, image: Path, start: list[str], command: str, debugging: Debugging | None, foreign: bool
) -> None:
    """Writes folder/command, which begins with the lines `start`; `command` has the log go nowhere yet.

    `image` lies in the folder above. A QEMU that is `foreign` has no UNIX sockets.
    """
    command = f"{here(command, image)} -serial stdio"
    lines = ["# Boots this VM again; the guest's log goes to the terminal.", 'here=$(dirname "$0")', *start]
    if debugging is None:
        lines.append(f"exec {command}")
    elif foreign:
        lines += [
            default_of("GDB", debugging.gdb),
            default_of("PORT", "1234"),
            f'{command} -S -gdb tcp:127.0.0.1:"$port" </dev/null &',
            f'"$gdb" {shlex.join(GDB_OPTIONS)}'
            ' -ex "set \\$connection = \\"127.0.0.1:$port\\"" -x "$here/debugger.gdb"',
            "wait",
        ]
    else:
        lines += [
            default_of("GDB", debugging.gdb),
            "sockets=$(mktemp -d)",
            """trap 'kill "$child" 2>/dev/null; rm -r "$sockets"' EXIT""",
            f"""{command} -S -gdb unix:"$sockets/gdb",server=on,wait=off </dev/null &""",
            "child=$!",
            'until [ -S "$sockets/gdb" ]; do kill -0 "$child" || exit; sleep 0.1; done',
            f'"$gdb" {shlex.join(GDB_OPTIONS)}' ' -ex "set \\$connection = \\"$sockets/gdb\\"" -x "$here/debugger.gdb"',
            'wait "$child"',
        ]
    write_script(folder / "command", lines)


def here(command: str, image: Path) -> str:
    """The command with the image in the folder above the script's, which is in the variable `here`."""
    return command.replace(shlex.quote(str(image)), f'"$here/../{image.name}"')


def write_command_cmd(folder: Path, image: Path, command: list[str], debugging: Debugging | None) -> None:
    """Writes folder/command.cmd, the same for cmd.exe. The log goes through a file: WHPX greets on standard output."""
    options = cmd_words(command[1:]).replace(cmd_words([str(image)]), f'"%~dp0..\\{image.name}"')
    again = f'"%QEMU%" {options} -serial "file:%~dp0again.log"'
    lines = ["rem Boots this VM again; when it has ended, the guest's log goes to the terminal."]
    lines += [cmd_default_of("QEMU", command[0])]
    if debugging is None:
        lines.append(again)
    else:
        lines += [
            cmd_default_of("GDB", debugging.gdb),
            cmd_default_of("PORT", "1234"),
            f'start "QEMU" /b {again} -S -gdb tcp:127.0.0.1:%PORT%',
            f'"%GDB%" {cmd_words(list(GDB_OPTIONS))} -ex "set $connection = \\"127.0.0.1:%PORT%\\""'
            ' -x "%~dp0debugger.gdb"',
        ]
    write_cmd(folder / "command.cmd", [*lines, 'type "%~dp0again.log"'])
