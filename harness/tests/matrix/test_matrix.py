# SPDX-License-Identifier: BSD-2-Clause
"""What `make matrix` tells of two builds: where their logs part, and where one has run into UBSan's trap."""

from harness.catalogue.image import read_images
from harness.symbolize.program import Program
from harness.system.places import BUILD
from harness.tests.matrix.logs import difference, undefined_behaviour

HERE, THERE = ("guest32", 1), ("guest64", 1)
LOGS = {HERE: "trapline 1\nbegin a@kernel32\n#DB cpu=0\nend a@kernel32\n", THERE: "trapline 1\n"}


def test_equal_logs_do_not_differ():
    assert difference(LOGS, dict(LOGS)) == ""


def test_a_line_that_differs_is_named_with_its_case():
    other = LOGS | {HERE: LOGS[HERE].replace("#DB cpu=0", "#BP cpu=0")}
    assert difference(other, LOGS) == 'guest32, VM 1, line 3, a@kernel32: "#BP cpu=0"; in build/: "#DB cpu=0"'


def test_a_vm_too_few_or_a_log_that_ends_early_differs():
    assert difference({HERE: LOGS[HERE]}, LOGS).startswith("guest64, VM 1, line 1, before the first case: ")
    assert (
        difference(LOGS | {THERE: "trapline 1"}, LOGS)
        == 'guest64, VM 1, line 2, before the first case: nothing; in build/: ""'
    )


def panicked(address: int) -> str:
    head = "begin a@kernel64\npanic cpu=0 vector=6 name=#UD traps=1\n"
    return f"{head}panic cpu=0 cs=0008 rip={address:08x}\npanic cpu=0 end\n"


def test_a_trap_of_ubsan_is_named_by_its_place():
    """Of instructions in the ordinary images: a UD2 in a case, and what is none."""
    image = read_images()[0]
    program = Program(image.debug)
    first, last = program.extent
    trap = first + program.code_at(first, last - first).index(b"\x0f\x0b")
    assert undefined_behaviour(BUILD, {(image.name, 1): panicked(trap)}).startswith("undefined behaviour in ")
    assert undefined_behaviour(BUILD, {(image.name, 1): panicked(image.symbol("kmain"))}) == ""
