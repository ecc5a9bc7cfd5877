/* SPDX-License-Identifier: BSD-2-Clause */
/* Data breakpoints on memory-mapped I/O, a register of the local APIC: they are held against linear
 * addresses, whatever answers there. Hypervisors execute such an access themselves.
 *
 * SDM Vol. 3, "Data Memory and I/O Breakpoint Exception Conditions"; "Debug Address Registers
 * (DR0-DR3)"; "Local APIC Register Address Map". */
#include "case.h"

#define TASK_PRIORITY 0xfee00080

BODY(dbreak_mmio, R"(
	mov	$0xfee00080, %edi
	mov	(xDI), %eax
mark	read
	mov	%eax, (xDI)
mark	written
	mov	0x10(xDI), %eax	# another register
mark	other
	nop
)");

CASE(dbreak_mmio, KERNEL32 | KERNEL64)
{
	breakpoint_set(0, TASK_PRIORITY, BREAK_ACCESS, 4);
	RUN(dbreak_mmio);
}
