# SPDX-License-Identifier: BSD-2-Clause
"""Rules' expressions: a small part of Python's, in which none can fail, take long, or do anything but say yes or no.

They have names, whose bits are IA32_VMX_BASIC[55] and IA32_VMX_BASIC[44:32] as the manuals write them, numbers, and
what is in NODES.
"""

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from types import CodeType

NODES = (
    *(ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.Invert, ast.Name, ast.Load),
    *(ast.BinOp, ast.BitAnd, ast.BitOr, ast.BitXor, ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE),
)
WORDS = "a rule has names, bits of them, numbers, and, or, not, ~ & | ^, comparisons, in (1, 2)"
LONGEST = 400  # characters
WIDTH = 64  # bits


class Bits(int):
    """A number whose bits are read as the manuals write them: x[55], x[44:32]."""

    def __getitem__(self, place: int | slice) -> int:
        high, low = (int(place.start), int(place.stop)) if isinstance(place, slice) else (place, place)
        return int(self) >> low & (1 << (high - low + 1)) - 1


@dataclass(frozen=True)
class Expression:
    """A rule as it is written, and what it names."""

    text: str
    code: CodeType
    names: frozenset[str]

    def holds(self, known: dict[str, Bits]) -> bool:
        return bool(eval(self.code, {"__builtins__": {}}, known))


def read_expression(text: str, names: Collection[str]) -> Expression:
    """An expression on these names. Raises ValueError where it is none."""
    if len(text) > LONGEST:
        raise ValueError(f"it has more than {LONGEST} characters")
    try:
        tree = ast.parse(text, mode="eval")
    except SyntaxError as error:
        raise ValueError(error.msg) from None
    except (ValueError, RecursionError, MemoryError):  # NUL, or nested deeply
        raise ValueError("invalid syntax") from None
    used = frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
    if unknown := used - set(names):
        raise ValueError(f"there is no {', '.join(sorted(unknown))}")
    if not all(map(_has_meaning, _nodes(tree))):
        raise ValueError(WORDS)
    return Expression(text, compile(tree, "rule", "eval"), used)


def _nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those that mean something with the one above them alone: `in` and its tuple, what is in [...]."""
    todo = [tree]
    while todo:
        node = todo.pop()
        yield node
        if isinstance(node, ast.Subscript):
            todo.append(node.value)
        elif isinstance(node, ast.Compare) and isinstance(node.comparators[0], ast.Tuple):
            todo += [node.left, *node.comparators[0].elts]
        else:
            todo += ast.iter_child_nodes(node)


def _has_meaning(node: ast.AST) -> bool:
    if isinstance(node, ast.Compare) and isinstance(node.comparators[0], ast.Tuple):
        return len(node.ops) == 1 and isinstance(node.ops[0], (ast.In, ast.NotIn))
    if isinstance(node, ast.Subscript):
        return isinstance(node.value, ast.Name) and _are_bits(node.slice)
    if isinstance(node, ast.Constant):
        return isinstance(node.value, int) and node.value < 1 << WIDTH
    return isinstance(node, NODES)


def _are_bits(place: ast.expr) -> bool:
    """Whether it is 55 or 44:32."""
    ends = [place.lower, place.upper] if isinstance(place, ast.Slice) else [place, place]
    numbers = [end.value for end in ends if isinstance(end, ast.Constant) and type(end.value) is int]
    stepped = isinstance(place, ast.Slice) and place.step is not None
    return len(numbers) == 2 and WIDTH > numbers[0] >= numbers[1] and not stepped
