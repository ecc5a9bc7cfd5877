# SPDX-License-Identifier: BSD-2-Clause
"""Files as they are, and what becomes of them on the way: torn, doubled, mixed, with bytes that nobody has written."""

from collections.abc import Sequence

from hypothesis import strategies
from hypothesis.strategies import SearchStrategy

MOST_EDITS = 6
LONGEST = 200_000  # bytes of what comes out, unless the original has more

# What readers of anything stumble over.
ODD = (
    *(b"", b"\0", b"\n", b"\r\n", b" ", b"=", b"\xff", b"\xc3", b"\x1b[", b"\xe2\x80\xa8", b"\x85", b"\xd9\xa3", b"-"),
    *(b"-1", b"0", b"1e999", b"NaN", b"99999999999999999999999", b"0x", b"ffffffffffffffffffff", b"1" * 5000),
    *(b"[" * 2000, b"{", b"}", b'"', b"'", b"*", b"a" * 5000, b"(" * 500, b"\\", b"%s", b"\\ud800", b"../" * 9),
)


@strategies.composite
def mutated(draw, originals: Sequence[bytes], words: Sequence[bytes] = (), edits: int = MOST_EDITS) -> bytes:
    """One of the originals, changed in up to so many places; `words` are what means something to the reader."""
    data = draw(strategies.sampled_from(originals))
    most = max(LONGEST, 2 * len(data))
    piece = strategies.one_of(
        *([strategies.sampled_from(words)] if words else []),
        strategies.sampled_from(ODD),
        strategies.binary(max_size=8),
    )
    for _ in range(draw(strategies.integers(0, edits))):
        start = draw(strategies.integers(0, len(data)))
        if draw(strategies.booleans()):  # at the beginning of a line
            start = data.rfind(b"\n", 0, start) + 1
        what = draw(strategies.sampled_from(("replace", "insert", "line", "cut", "double", "other")))
        end = min(len(data), start + draw(strategies.integers(0, 40)))
        if what == "replace":
            new = data[:start] + draw(piece) + data[end:]
        elif what == "insert":
            new = data[:start] + draw(piece) + data[start:]
        elif what == "line":
            after = data.find(b"\n", start)
            new = data[:start] + draw(piece) + data[after if after >= 0 else len(data) :]
        elif what == "cut":
            new = data[:start]
        elif what == "double":
            new = data[:start] + data[start:end] * draw(strategies.sampled_from((2, 3, 300))) + data[end:]
        else:
            other = draw(strategies.sampled_from(originals))
            place = draw(strategies.integers(0, len(other)))
            new = data[:start] + other[place : place + 2000] + data[start:]
        data = new[:most]
    return data


def lines_of(originals: Sequence[bytes], words: Sequence[bytes] = ()) -> SearchStrategy[bytes]:
    """Lines of the originals and words, in any order."""
    every = [line for data in originals for line in data.splitlines(keepends=True)]
    pool = strategies.sampled_from(list(dict.fromkeys(every)))
    return strategies.lists(strategies.one_of(pool, strategies.sampled_from([*words, b"\n"])), max_size=30).map(
        b"".join
    )


def made_of(keys: Sequence[bytes], values: Sequence[bytes], headers: Sequence[bytes]) -> SearchStrategy[bytes]:
    """TOML with any of the values for any of the keys, each once in a table."""
    entries = strategies.dictionaries(strategies.sampled_from(keys), strategies.sampled_from(values), max_size=8)
    table = entries.map(lambda found: b"".join(b"%s = %s\n" % entry for entry in found.items()))
    return strategies.lists(strategies.tuples(strategies.sampled_from([b"", *headers]), table), max_size=4).map(
        lambda tables: b"".join(part for header_and_table in tables for part in header_and_table)
    )


def any_or(*structured: SearchStrategy[bytes]) -> SearchStrategy[bytes]:
    """Mostly what is structured, now and then any bytes at all."""
    return strategies.one_of(*structured * 3, strategies.binary(max_size=300))
