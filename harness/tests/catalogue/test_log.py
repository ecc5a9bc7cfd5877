# SPDX-License-Identifier: BSD-2-Clause
"""Reading the guest's log."""

from harness.catalogue.log import read_log

WHOLE = """\
SeaBIOS (version 1.16)
trapline 1 mode=kernel64 cpus=2 cases=2
cpu vendor=GenuineIntel family=6 model=60 stepping=3
begin a@kernel64
#DB cpu=0 rip=after
end a@kernel64
panic cpu=0 vector=13
begin b@kernel64
end b@kernel64
bye cases=2 traps=1
"""


def test_whole_log():
    log = read_log(WHOLE)
    assert log.whole
    assert log.plan == {"mode": "kernel64", "cpus": "2", "cases": "2"}
    assert log.cpu["vendor"] == "GenuineIntel"
    assert [(block.case, block.lines) for block in log.blocks] == [
        ("a@kernel64", ["#DB cpu=0 rip=after"]),
        ("b@kernel64", []),
    ]
    assert log.outside == ["panic cpu=0 vector=13"]


def test_carriage_returns_do_not_count():
    assert read_log(WHOLE.replace("\n", "\r\n")).blocks == read_log(WHOLE).blocks


def test_every_cut_shows():
    lines = WHOLE.splitlines()
    for end in range(len(lines)):
        assert not read_log("\n".join(lines[:end])).whole


def test_a_lost_block_shows():
    lines = WHOLE.splitlines()
    assert not read_log("\n".join(lines[:3] + lines[6:])).whole


def test_a_torn_begin_line_swallows_nothing():
    log = read_log(WHOLE.replace("begin b@kernel64", "begin b@ker"))
    assert log.open_block and log.open_block.case == "b@ker"
    assert not log.whole
