# SPDX-License-Identifier: BSD-2-Clause
"""What bash completes after `trapline`: verbs, options, and values; names of cases and bugs as `list` has them."""

from harness.catalogue.debugger_modes import MODES as DEBUGGERS
from harness.catalogue.modes import MODES
from harness.judging.result import Verdict
from harness.manual.command_line import Verb, verbs
from harness.platform import ACCELERATORS
from harness.platform.engines import ENGINES

VALUES = {
    "--accel": (*ACCELERATORS, "all", "references"),
    "--engine": ENGINES,
    "--mode": [mode for modes in MODES.values() for mode in modes],
    "--debugger": (*DEBUGGERS, "all"),
    "--firmware": ("qboot", "seabios"),
    "--machine": ("microvm", "pc", "q35"),
    "--table": ("short", "full", "none"),
}

# What stands for names that `list` knows.
CASES, BUGS = "$(_trapline_names cases)", "$(_trapline_names 'known bugs')"

WORDS = {
    "bless": CASES,
    "bugs": BUGS,
    "lab": "fetch list remove",
    "repro": BUGS,
    "show": f"{CASES} {BUGS} {' '.join(verdict.value for verdict in Verdict)}",
    "upstream": BUGS,
}

HEAD = r"""# SPDX-License-Identifier: BSD-2-Clause
# Written by python3 -m harness.manual. Completes `trapline` in bash: `. share/trapline.bash`.

# What `trapline list` says of cases, or of known bugs; asked once.
_trapline_names() {
    [ -n "$_trapline_list" ] || _trapline_list=$(trapline list --accel tcg 2>/dev/null)
    sed -n "/^$1\$/,/^[a-z]/s/^  \([A-Za-z0-9_-]*\):.*/\1/p" <<<"$_trapline_list"
}

_trapline() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words
    if [ "$word" = = ]; then
        word=
    elif [ "$before" = = ]; then
        before=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
"""

TAIL = """
complete -o default -F _trapline trapline
"""


def completion() -> str:
    found = verbs()
    values = [f'            {option}) words="{" ".join(names)}" ;;' for option, names in VALUES.items()]
    values.append(f'            --case) words="{CASES}" ;;')
    words = [f'            {verb.name}) words="{WORDS[verb.name]}" ;;' for verb in found if verb.name in WORDS]
    lines = [
        f'        words="{" ".join(verb.name for verb in found)} --version --help"',
        "    elif [[ $word = -* ]]; then",
        "        case ${COMP_WORDS[1]} in",
        *(f'            {verb.name}) words="{" ".join(_options(verb))}" ;;' for verb in found),
        "        esac",
        "    elif [[ $before = --* ]]; then",
        "        case $before in",
        *values,
        "        esac",
        "    else",
        "        case ${COMP_WORDS[1]} in",
        *words,
        "        esac",
        "    fi",
        '    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")',
        "}",
    ]
    return HEAD + "\n".join(lines) + "\n" + TAIL


def _options(verb: Verb) -> list[str]:
    return [*(action.option_strings[0] for action in verb.options), *verb.knobs, "--help"]
