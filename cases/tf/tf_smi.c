/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over an OUT that raises an SMI: the trap after it comes once, whether before the SMI or after
 * RSM, and none is of the firmware's code. Where the chipset raises no SMI, it is an OUT like any
 * other.
 *
 * A trap that is taken in system-management mode itself leads, by IDTR, to what is there as a table
 * of real-mode vectors: that of vector 1 lies within the gate of vector 0, and is made to return.
 *
 * SDM Vol. 3, "Single-Step Exception Condition", "SMM Handler Execution Environment", "Exiting From
 * SMM"; Intel I/O Controller Hub 9 Datasheet, "APM_CNT--Advanced Power Management Control Port
 * Register". */
#include "case.h"

#define IRET 0xcf

BODY(tf_smi, R"(
	step
mark	out
	out	%al, $0xb2
mark	after_smi
	nop
mark	last
	nop
)");

CASE(tf_smi, KERNEL32 | KERNEL64)
{
	struct descriptor_pointer idt;

	asm volatile("sidt %0" : "=m"(idt));
	*(volatile u8 *)physical(SCRATCH) = IRET;
	*(volatile u32 *)(idt.base + VECTOR_DB * sizeof(u32)) = SCRATCH >> 4 << 16;
	RUN(tf_smi);
}
