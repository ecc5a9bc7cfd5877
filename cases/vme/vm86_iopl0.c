/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtual-8086 mode with IOPL 0: INT n, PUSHF, POPF, CLI, STI and IRET are #GP with error code 0;
 * INT3, INT1 and INTO do not depend on IOPL.
 *
 * SDM Vol. 3, "Sensitive Instructions", "Interrupt and Exception Handling in Virtual-8086 Mode". */
#include "case.h"

/* So the first INT3 begins with IOPL 3, and all that follows with 0. */
static bool drop_iopl(struct trap_frame *frame)
{
	frame->flags &= ~FLAGS_IOPL;
	return false;
}

BODY_16(vm86_iopl0, R"(
	set_of
	int3			# the hook lowers IOPL
mark	int3
	int3
mark	icebp
	.byte	0xf1
mark	into
	.byte	0xce
mark	int_3
	.byte	0xcd, 3
mark	int_32
	.byte	0xcd, 32
mark	pushf
	pushf
mark	popf
	popf
mark	cli
	cli
mark	sti
	sti
mark	iret
	iret_native
mark	after
	nop
)");

CASE(vm86_iopl0, VM86)
{
	idt_set(32, INTERRUPT_GATE, 3);
	traps_set_hook(drop_iopl);
	RUN(vm86_iopl0);
}
