# SPDX-License-Identifier: BSD-2-Clause
"""The telling line in what real QEMUs said."""

import pytest

from harness.system.last_words import telling_line

PVM = """\
qemu-system-x86_64: warning: host doesn't support requested feature: CPUID.01H:ECX.pni [bit 0]
KVM internal error. Suberror: 1
extra data[0]: 0x0000000000000001
emulation failure
EAX=00000000 EBX=00109006 ECX=0000000a EDX=000003f8
"""
ASSERTION = """\
qemu-system-x86_64: error: failed to set MSR 0x10a to 0x69
qemu-system-x86_64: ../../target/i386/kvm/kvm.c:3183: kvm_buf_set_msrs: \
Assertion `ret == cpu->kvm_msr_buf->nmsrs' failed.
"""
REFUSAL = """\
qemu-system-x86_64: -mon chardev=qmp,mode=control: warning: '-mon' is deprecated, use '-object' instead
qemu-system-x86_64: unsupported machine type: "nosuch"
Use -machine help to list supported machines
"""


@pytest.mark.parametrize(
    "output, words",
    [(PVM, "KVM internal error. Suberror: 1"), (ASSERTION, "Assertion `ret"), (REFUSAL, "unsupported machine type")],
    ids=["backend", "assertion", "refusal"],
)
def test_real_messages(output, words):
    assert words in telling_line(output.splitlines(keepends=True))


def test_silence():
    assert telling_line(["\n"]) == "without a word"
