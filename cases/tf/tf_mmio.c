/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over a read and a write of memory-mapped I/O (local APIC, version and task priority): one #DB
 * each, at the next instruction.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; "Local APIC Register Address Map". */
#include "case.h"

BODY(tf_mmio, R"(
	step
mark	load
	mov	$0xfee00000, %edi
mark	read
	mov	0x30(xDI), %eax
mark	write
	movl	$0, 0x80(xDI)
mark	after
	nop
)");

CASE(tf_mmio, KERNEL32 | KERNEL64)
{
	RUN(tf_mmio);
}
