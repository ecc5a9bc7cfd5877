# SPDX-License-Identifier: BSD-2-Clause
"""Reading the guest's log."""

import pytest

from harness.catalogue.log import Log, read_log

WHOLE = """\
SeaBIOS (version 1.16)
trapline 1 mode=kernel64 cpus=2 cases=2
cpu vendor=GenuineIntel family=6 model=60 stepping=3
begin a@kernel64
#DB cpu=0 rip=after
panic cpu=1
end a@kernel64
panic cpu=1 vector=13
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
        ("a@kernel64", ["#DB cpu=0 rip=after", "panic cpu=1"]),
        ("b@kernel64", []),
    ]


def test_carriage_returns_do_not_count():
    assert read_log(WHOLE.replace("\n", "\r\n")).blocks == read_log(WHOLE).blocks


def test_every_cut_shows():
    lines = WHOLE.splitlines()
    for end in range(len(lines)):
        assert not read_log("\n".join(lines[:end])).whole


def test_a_lost_block_shows():
    lines = WHOLE.splitlines()
    assert not read_log("\n".join(lines[:3] + lines[6:])).whole


TRAP, END_A, BEGIN_B, END_B, BYE = "#DB cpu=0 rip=after", "end a@kernel64", "begin b@kernel64", "end b@kernel64", "bye "
BLOCK_A = "begin a@kernel64\n#DB cpu=0 rip=before\nend a@kernel64\n"


@pytest.mark.parametrize(
    "before", [TRAP, "end a@kernel64", "trapline 1 mode=kernel64 cpus=2 cases=2", "note key=value"]
)
@pytest.mark.parametrize("place", ["begin a", BEGIN_B, BYE])
def test_a_line_of_the_guests_that_is_in_no_block_is_held_against_the_case_before_it(place, before):
    log = read_log(WHOLE.replace(place, f"{before}\n{place}"))
    a, b = (block.lines for block in log.blocks)
    assert before in (b[-1:] if place == BYE else a[:1] if place == "begin a" else a[-1:])
    assert (END_A in a, END_B in b) == (place == BEGIN_B, place == BYE) or before == END_A


def test_a_dump_that_nothing_announces_is_none():
    (a, b) = read_log(WHOLE.replace(BYE, f"panic cpu=1 vector=13\n{BYE}")).blocks
    assert b.lines == [END_B, "panic cpu=1 vector=13"]
    (a, b) = read_log(WHOLE.replace("panic cpu=1 vector", "panic cpu=0 vector")).blocks
    assert a.lines == [TRAP, "panic cpu=1", END_A, "panic cpu=0 vector=13"]


@pytest.mark.parametrize("place", ["begin a", BEGIN_B, BYE])
def test_a_case_that_begins_twice_has_both(place):
    log = read_log(WHOLE.replace(place, f"{BLOCK_A}{place}").replace("traps=1", "traps=2"))
    assert log.whole and [block.case for block in log.blocks] == ["a@kernel64", "b@kernel64"]
    (a, b) = (block.lines for block in log.blocks)
    assert a.count("begin a@kernel64") == 1 and {TRAP, "#DB cpu=0 rip=before"} < {*a} and b == []


def test_a_case_that_begins_again_and_does_not_end_is_open():
    log = read_log(WHOLE.replace(BYE, f"begin a@kernel64\n{BYE}"))
    assert not log.whole and log.open_block is log.blocks[0]


@pytest.mark.parametrize(
    "bye",
    [
        *(
            "bye",
            "bye cases=2",
            "bye cases=2 traps=",
            "bye cases=2 traps=0",
            "bye cases=2 traps=11",
            "bye cases=1 traps=1",
        ),
        *("bye cases=2 traps=1 and more", "bye traps=1 cases=2", f"bye cases=2 traps={'1' * 900}"),
    ],
)
def test_a_bye_that_does_not_count_what_is_there_shows(bye):
    log = read_log(WHOLE.replace("bye cases=2 traps=1", bye))
    assert not log.whole and log.missing


@pytest.mark.parametrize("place", ["begin a", BEGIN_B, "bye "])
def test_one_bye_too_many_shows(place):
    early = "bye cases=2 traps=1"
    log = read_log(WHOLE.replace(place, f"{early}\n{place}"))
    assert log.whole and any(early in block.lines for block in log.blocks)


@pytest.mark.parametrize("place", ["begin a", BEGIN_B])
def test_a_bye_that_is_too_early_is_none(place):
    bye = "bye cases=2 traps=1\n"
    log = read_log(WHOLE.replace(bye, "").replace(place, f"{bye}{place}"))
    assert log.missing == "it has no bye"


def test_who_runs_cannot_say_how_its_machine_ended():
    text = WHOLE.replace(BYE, f"ended crash b@kernel64: it says so\n{BYE}")
    assert read_log(text).ending
    log = Log()
    for line in text.splitlines():
        log.feed(line)
    assert not log.ending and log.blocks[1].lines == [END_B, "ended crash b@kernel64: it says so"]


@pytest.mark.parametrize(
    "plan",
    [
        *("trapline 2 mode=kernel64 cpus=2 cases=2", "trapline 1 mode=banana cpus=2 cases=2"),
        *("trapline 1 mode=user64 cpus=2 cases=2", "trapline 1 mode=kernel64 cpus=0 cases=2", "trapline 1 cases=2"),
    ],
)
def test_what_is_no_plan(plan):
    assert read_log(WHOLE.replace("trapline 1 mode=kernel64 cpus=2 cases=2", plan)).plan is None


def test_a_mode_of_another_image_shows():
    log = read_log(WHOLE.replace("b@kernel64", "b@kernel32"))
    assert log.blocks[1].lines == ["begin b@kernel32"]


def test_a_torn_begin_line_swallows_nothing():
    log = read_log(WHOLE.replace("begin b@kernel64", "begin b@ker"))
    assert log.open_block and log.open_block.case == "b@ker"
    assert not log.whole
