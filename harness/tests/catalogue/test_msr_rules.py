# SPDX-License-Identifier: BSD-2-Clause
"""Required logs that are computed: what real answers require, which changes to them are caught, broken rules."""

import pytest

from harness.catalogue.files import file_of
from harness.catalogue.expression import Bits, read_expression
from harness.catalogue.msr_rules import read_rules
from harness.judging.compare import align, summary
from harness.judging.result import Verdict
from harness.judging.judge import compare
from harness.system.errors import WrongQuestion

# What Bochs 2.7 answers as corei5_arrandale_m520, whose generation the HP 2540P is.
ARRANDALE = """\
note vmx=1
note smx=1
note sgx=0
note lm=1
note msr=003a IA32_FEATURE_CONTROL=0000000000000005
note msr=0480 IA32_VMX_BASIC=00d810000000002b
note msr=0481 IA32_VMX_PINBASED_CTLS=0000007f00000016
note msr=0482 IA32_VMX_PROCBASED_CTLS=f7f9fffe0401e172
note msr=0483 IA32_VMX_EXIT_CTLS=007fffff00036dff
note msr=0484 IA32_VMX_ENTRY_CTLS=0000ffff000011ff
note msr=0485 IA32_VMX_MISC=00000000000401e0
note msr=0486 IA32_VMX_CR0_FIXED0=0000000080000021
note msr=0487 IA32_VMX_CR0_FIXED1=00000000ffffffff
note msr=0488 IA32_VMX_CR4_FIXED0=0000000000002000
note msr=0489 IA32_VMX_CR4_FIXED1=00000000000067ff
note msr=048a IA32_VMX_VMCS_ENUM=0000000000000034
note msr=048b IA32_VMX_PROCBASED_CTLS2=000000ff00000000
note msr=048c IA32_VMX_EPT_VPID_CAP=00000f0106114141
note msr=048d IA32_VMX_TRUE_PINBASED_CTLS=0000007f00000016
note msr=048e IA32_VMX_TRUE_PROCBASED_CTLS=f7f9fffe04006172
note msr=048f IA32_VMX_TRUE_EXIT_CTLS=007fffff00036dfb
note msr=0490 IA32_VMX_TRUE_ENTRY_CTLS=0000ffff000011fb
note msr=0491 IA32_VMX_VMFUNC=#GP
note msr=0492 IA32_VMX_PROCBASED_CTLS3=#GP
note msr=0493 IA32_VMX_EXIT_CTLS2=#GP
""".splitlines()

# The bits of those answers that rules speak of, each alone. The rest are facts, for which there is no rule.
GOVERNED = {
    "IA32_VMX_BASIC": 0x00BD_1FFF_8000_0000,  # with bit 55, on which the TRUE ones hang
    "IA32_VMX_PINBASED_CTLS": 0xFFFF_FFFF_FFFF_FFFF,
    "IA32_VMX_PROCBASED_CTLS": 0xFFFF_FFFF_FFFF_FFFF,
    "IA32_VMX_EXIT_CTLS": 0xFFFF_FFFF_FFFF_FFFF,
    "IA32_VMX_ENTRY_CTLS": 0xFFFF_FFFF_FFFF_FFFF,
    "IA32_VMX_MISC": 0x0100_0020,
    "IA32_VMX_CR0_FIXED0": 0xFFFF_FFFF_0000_0000,
    "IA32_VMX_CR0_FIXED1": 0x0000_0000_8000_0021,
    "IA32_VMX_CR4_FIXED0": 0xFFFF_FFFF_FFFF_9800,
    "IA32_VMX_CR4_FIXED1": 0x0000_0000_0000_2000,
    "IA32_VMX_VMCS_ENUM": 0xFFFF_FFFF_FFFF_FC01,
    "IA32_VMX_PROCBASED_CTLS2": 0x0000_2000_FFFF_FFFF,  # with bit 45, on which VMFUNC hangs
    "IA32_VMX_TRUE_PINBASED_CTLS": 0xFFFF_FFFF_FFFF_FFE9,
    "IA32_VMX_TRUE_PROCBASED_CTLS": 0xFFFF_FFFF_FBFE_1E8D,
    "IA32_VMX_TRUE_EXIT_CTLS": 0xFFFF_FFFF_FFFC_9200,
    "IA32_VMX_TRUE_ENTRY_CTLS": 0xFFFF_FFFF_FFFF_EE00,
}

VMX = read_rules(file_of("vmx_msrs", ".toml"))


def changed(lines: list[str], **values: int | str) -> list[str]:
    """The lines with other values of some of their names."""
    lines = list(lines)
    for name, value in values.items():
        index = next(index for index, line in enumerate(lines) if f" {name}=" in line)
        text = value if isinstance(value, str) else f"{value:016x}"
        lines[index] = lines[index].partition(f" {name}=")[0] + f" {name}={text}"
    return lines


def value_of(name: str, lines: list[str]) -> str:
    return next(line.rpartition("=")[2] for line in lines if f" {name}=" in line)


def caught(lines: list[str]) -> bool:
    return compare(lines, VMX.required(lines))[0] is not Verdict.PASS


NOTHING = [
    line if "msr=" not in line else line.rpartition("=")[0] + "=#GP" for line in changed(ARRANDALE, vmx="0", smx="0")
]


def test_bits_are_written_as_in_the_manuals():
    basic = Bits(0x00D8_1000_0000_002B)
    assert (basic[55], basic[49], basic[44:32], basic[53:50], basic[31:0]) == (1, 0, 4096, 6, 0x2B)


def test_the_2540p_has_no_vmfunc_and_is_told_of_the_other_text():
    assert VMX.required(ARRANDALE) == ARRANDALE
    (remark,) = VMX.remarks(ARRANDALE)
    assert "IA32_VMX_VMFUNC (0491) exists by SDM Vol. 4" in remark and "does not exist by A.11" in remark


def test_a_value_that_must_not_be_there_and_one_that_must():
    required = VMX.required(changed(ARRANDALE, IA32_VMX_VMFUNC=0))
    assert summary(align(required, changed(ARRANDALE, IA32_VMX_VMFUNC=0))) == (
        "IA32_VMX_VMFUNC=0000000000000000 instead of IA32_VMX_VMFUNC=#GP"
    )
    with_functions = changed(ARRANDALE, IA32_VMX_PROCBASED_CTLS2=0x000020FF_00000000)
    assert "note msr=0491 IA32_VMX_VMFUNC=value" in VMX.required(with_functions)
    assert not caught(changed(with_functions, IA32_VMX_VMFUNC=1))
    assert VMX.remarks(with_functions) == []


def test_without_vmx_there_is_none():
    assert VMX.required(NOTHING) == NOTHING and VMX.remarks(NOTHING) == []
    assert all(line.endswith("=#GP") for line in VMX.required(changed(ARRANDALE, vmx="0"))[5:])


def test_whether_feature_control_is_there_without_vmx_is_the_model_s_affair():
    assert not caught(NOTHING)
    assert not caught(changed(NOTHING, IA32_FEATURE_CONTROL=0))
    assert caught(changed(ARRANDALE, IA32_FEATURE_CONTROL="#GP"))


@pytest.mark.parametrize("register", VMX.registers[1:], ids=lambda register: register.name)
def test_every_msr_that_comes_or_goes_is_caught(register):
    for log in (ARRANDALE, NOTHING):
        assert not caught(log)
        there = value_of(register.name, log) != "#GP"
        assert caught(changed(log, **{register.name: "#GP" if there else 0}))


def test_a_rule_that_is_broken_is_shown_in_its_line():
    seen = changed(ARRANDALE, IA32_VMX_BASIC=0x00D8_1000_8000_002B)
    assert summary(align(VMX.required(seen), seen)) == (
        "IA32_VMX_BASIC=00d810008000002b instead of IA32_VMX_BASIC=value with IA32_VMX_BASIC[31] == 0 (A.1)"
    )


@pytest.mark.parametrize("name", [register.name for register in VMX.registers])
def test_which_bits_are_facts_and_which_are_governed(name):
    text = value_of(name, ARRANDALE)
    if text == "#GP":
        return
    found = sum(1 << bit for bit in range(64) if caught(changed(ARRANDALE, **{name: int(text, 16) ^ 1 << bit})))
    assert f"{found:016x}" == f"{GOVERNED.get(name, 0):016x}"


def test_every_change_but_to_the_digits_of_a_fact_is_caught():
    for index, line in enumerate(ARRANDALE):
        before, after = ARRANDALE[:index], ARRANDALE[index + 1 :]
        assert caught(before + after) and caught(before + [line, line] + after)
        assert caught(before + [f"{line} x=1"] + after) and caught([line, *before, *after]) == (index > 0)
        for position in range(len(line)):
            mutant = line[:position] + chr(ord(line[position]) ^ 1) + line[position + 1 :]
            fact = position > line.index("=", 9) if "msr=" in line else not line.startswith("note vmx=")
            assert caught(before + [mutant] + after) or fact, mutant


XMHF = read_rules(file_of("xmhf_rdmsr", ".toml"))
FOUND = [line for line in ARRANDALE if "vmx=" in line or "msr=048" in line or "msr=0490" in line]


def test_a_program_dies_at_the_first_msr_that_does_not_exist():
    died = [*FOUND, *XMHF.dies]
    assert XMHF.required(died) == died
    for wrong in (FOUND, [*died, XMHF.dies[0]], [*FOUND, "note msr=0491 IA32_VMX_VMFUNC=0000000000000001"], died[1:]):
        assert XMHF.required(wrong) != wrong


def test_a_program_lives_where_they_all_exist():
    with_functions = changed(FOUND, IA32_VMX_PROCBASED_CTLS2=0x000020FF_00000000)
    lived = [*with_functions, "note msr=0491 IA32_VMX_VMFUNC=0000000000000001"]
    assert XMHF.required(lived) == lived
    assert XMHF.required([*with_functions, *XMHF.dies]) == [*with_functions, "note msr=0491 IA32_VMX_VMFUNC=value"]


def test_a_program_does_not_die_of_what_it_does_not_read():
    before_true = changed(FOUND, IA32_VMX_BASIC=0x0058_1000_0000_002B)[:-4]  # without the TRUE ones
    assert XMHF.required(before_true) == before_true


@pytest.mark.parametrize(
    "change, words",
    [
        (("elsewhere", "elswhere"), "has to have"),
        (("facts = [", "facts = "), "not valid TOML"),
        (('"vmx and IA32_VMX_BASIC[55]"', '"vmx and"'), "invalid syntax"),
        (('"vmx and IA32_VMX_BASIC[55]"', '"vmx and BASIC[55]"'), "there is no BASIC"),
        (('"vmx and IA32_VMX_BASIC[55]"', "7"), "msrs = .*: it wants a list of lists of 5 texts each"),
        (('facts = ["vmx"', 'facts = [1, "vmx"'), "facts = .*: it wants a list of texts"),
        (('modes = ["kernel32"', 'modes = ["kernel33"'), "modes = .*: it wants a list of modes"),
        (("modes = ", "modes = " + "[" * 5000 + "\n#"), "nested more than"),
        (("# SPDX", "# \xe9 SPDX"), "byte 0xc3 in line 1 is no ASCII text"),
        (('["IA32_VMX_MISC", ', '["IA32_VMX_MICS", '), "there is no IA32_VMX_MICS"),
    ],
)
def test_broken_rules_are_refused_with_their_name(tmp_path, change, words):
    text = file_of("vmx_msrs", ".toml").read_text()
    assert change[0] in text
    path = tmp_path / "a.toml"
    path.write_text(text.replace(*change))
    with pytest.raises(WrongQuestion, match=f"a.toml.*{words}"):
        read_rules(path)


@pytest.mark.parametrize(
    "text",
    [
        *("lm[64]", "lm[-1]", "lm[0:5]", "lm[5]:", "lm[lm]", "lm[True]", "lm[5:1:1]", "lm[5:]", "(lm | 1)[5]", "5[1]"),
        *("lm << 99999999999", "9 ** 9 ** 9", "1 / lm", "lm % lm", "-lm", "lm + 1", "lm * lm", "lm if lm else 1"),
        *("(lm, 1)", "(lm, 1) < (1, 2)", "lm in lm", "lm in (1,) in (2,)", "lm == lm in (1,)", "lm in ((1,), 2)"),
        *("lm in (1, 'a')", "lm is lm", "lm == 'a'", "1.5", "'a'", "None", "...", "1j", "b''", "18446744073709551616"),
        *(
            "lm.real",
            "lm()",
            "[lm]",
            "{lm}",
            "[lm for lm in (1,)]",
            "lambda: lm",
            "(lm := 1)",
            "f'{lm}'",
            "*lm",
            "await lm",
        ),
        *("", "lm\0", "(" * 300, "~" * 399 + "lm", "lm or " * 100 + "lm", "lm == (1,)", "(1,) in (1,)", "VM_CR", "x"),
    ],
)
def test_an_expression_that_is_not_closed_is_none(text):
    with pytest.raises(ValueError, match="."):
        read_expression(text, ["lm"])


@pytest.mark.parametrize(
    "text, value",
    [
        ("lm in (0, 6)", False),
        ("lm[0] not in (0,)", True),
        ("0 < lm[3:0] <= 1 and ~lm & 2 == 2 and (lm ^ 1) | 4 == 4", True),
        ("False or not True", False),
        ("not " * 80 + "lm", True),
        ("~" * 390 + "lm", True),
    ],
)
def test_what_an_expression_may_say(text, value):
    assert read_expression(text, ["lm"]).holds({"lm": Bits(1)}) is value


@pytest.mark.parametrize("name", ["a", "../a", "/etc/passwd", "", "a/b", "nosuch"])
def test_the_rules_of_a_program_are_in_another_file(tmp_path, name):
    text = file_of("xmhf_rdmsr", ".toml").read_text()
    (tmp_path / "a.toml").write_text(text.replace('rules = "vmx_msrs"', f'rules = "{name}"'))
    with pytest.raises(WrongQuestion, match="toml: (rules = |No such file)"):
        read_rules(tmp_path / "a.toml")
