# SPDX-License-Identifier: BSD-2-Clause
"""The rules' closed language, alone and in a file of rules for MSRs."""

from pathlib import Path

from hypothesis import strategies

from harness.catalogue.expression import Bits, read_expression
from harness.catalogue.msr_rules import read_rules
from harness.system.places import CASES
from harness.tests.fuzz.mutations import any_or, mutated
from harness.tests.fuzz.reader import Reader

NAMES = {"vmx": Bits(1), "IA32_VMX_BASIC": Bits(0xDA0400000000FF), "svm": Bits(0)}
TOKENS = (
    *NAMES,
    *(
        "and",
        "or",
        "not",
        "in",
        "not in",
        "~",
        "&",
        "|",
        "^",
        "==",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "(",
        ")",
        "[",
        "]",
        ":",
    ),
    *(
        ",",
        "0",
        "1",
        "55",
        "44:32",
        "[55]",
        "[44:32]",
        "(1, 2)",
        "0x10",
        "1 << 2",
        "**",
        "-",
        "+",
        "if",
        "else",
        "lambda",
    ),
    *(
        "'a'",
        "True",
        "None",
        "1.5",
        "1j",
        "...",
        "f''",
        "[i for i in x]",
        "x.y",
        "x()",
        ":=",
        "is",
        "*a",
        "\n",
        "#",
        "\0",
    ),
)
TEXTS = strategies.one_of(
    strategies.lists(strategies.sampled_from(TOKENS), max_size=20).map(" ".join),
    strategies.lists(strategies.sampled_from(TOKENS[:40]), max_size=9).map(" ".join),
    strategies.text(max_size=40),
    strategies.builds(lambda token, count: token * count, strategies.sampled_from(TOKENS), strategies.integers(0, 400)),
)
FILES = [path.read_bytes() for path in sorted(CASES.glob("*/*_msrs.toml"))]
ANSWERS = [
    b"note vmx=1",
    b"note svm=1",
    b"note msr=0480 IA32_VMX_BASIC=00da040000000004",
    b"note msr=0480 IA32_VMX_BASIC=#GP",
]


def read(value: tuple[str, bytes], folder: Path) -> None:
    text, data = value
    try:
        assert read_expression(text, NAMES).holds(NAMES) in (True, False)
    except ValueError as refusal:  # which read_rules() puts into a line of its own
        assert str(refusal)
    (folder / "rules.toml").write_bytes(data)
    rules = read_rules(folder / "rules.toml")
    for answers in ([], [line.decode() for line in ANSWERS]):
        rules.required(answers)
        rules.remarks(answers)


READER = Reader(strategies.tuples(TEXTS, any_or(mutated(FILES, [*map(str.encode, TOKENS), *ANSWERS]))), read)
