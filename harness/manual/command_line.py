# SPDX-License-Identifier: BSD-2-Clause
"""The command line as the manual has it: its verbs, and of each what is its own and which knobs it takes."""

import argparse
from dataclasses import dataclass

from harness.command_line import make_parser
from harness.knobs import KNOBS

NAMES = {f"--{name}" for name, *_ in KNOBS}


@dataclass(frozen=True)
class Verb:
    name: str
    text: str
    example: str
    words: list[argparse.Action]
    options: list[argparse.Action]
    knobs: list[str]


def verbs() -> list[Verb]:
    (found,) = make_parser()._subparsers._group_actions
    return [_verb(name, parser) for name, parser in found.choices.items()]


def _verb(name: str, parser: argparse.ArgumentParser) -> Verb:
    actions = [action for action in parser._actions if action.dest != "help"]
    words = [action for action in actions if not action.option_strings]
    options = [action for action in actions if action.option_strings]
    own = [action for action in options if action.option_strings[0] not in NAMES or not parser.get_default("settings")]
    knobs = [action.option_strings[0] for action in options if action not in own]
    return Verb(name, parser.description, parser.epilog, words, own, knobs)
