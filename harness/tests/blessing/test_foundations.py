# SPDX-License-Identifier: BSD-2-Clause
"""What required logs rest on is counted."""

from harness.blessing.foundations import Foundations, foundations

LOG = """rule #DB: rip=after

begin a@kernel32,user32,kernel64,user64,vm86
#DB rip=after
end a
seen bochs 2.7 ryzen: kernel32,user32
seen hardware GenuineIntel 6.151.2: kernel64
seen tcg 10.0.13 max: kernel32,vm86
seen tcg 7.2.22 max: kernel32,vm86

steps a@kernel32
after
end a
"""


def test_each_block_counts_once(tmp_path):
    (tmp_path / "a.log").write_text(LOG)
    (tmp_path / "b.log").write_text("begin b@kernel32\n#UD\nend b\n")
    logs = sorted(tmp_path.iterdir())
    everything = {f"a@{mode}" for mode in ("kernel32", "user32", "kernel64", "user64", "vm86")} | {"b@kernel32"}
    assert foundations(logs, everything) == Foundations(6, 5, 1, 3, 2, 1)
    assert foundations(logs, {"a@user64"}) == Foundations(1, 1, 0, 0, 1, 0)
