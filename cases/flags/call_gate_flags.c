/* SPDX-License-Identifier: BSD-2-Clause */
/* Far CALL through a call gate and far RET load no flags and clear none: ring 0 has all that the
 * CALL began with, and after the RET are those that ring 0 has left. What lies on the stack where
 * IRET would find an image of flags has others.
 *
 * SDM Vol. 3, "Accessing a Code Segment Through a Call Gate"; Vol. 2, "CALL", "RET". */
#include "case.h"
#include "cpu/segments.h"

BODY(call_gate_flags, R"(
	lea	-16(xSP), xSP
	movl	$0, (xSP)		# of the pointer only the selector counts
	movl	$SPARE, 4(xSP)
	int3				# the hook sets flags
mark	call
	lcalll	*(xSP)
mark	returned
	pushf
	pop	xDX
	jmp	1f
mark	entry
	pushf
	pop	xBX
	push	xSI
	popf
mark	ret
	lret_native
1:
mark	last
	nop
)");

/* All flags but TF, RF and VM; and in SI others for ring 0 to load. */
static bool set_flags(struct trap_frame *frame)
{
	frame->flags = FLAGS_FIXED | FLAGS_STATUS | FLAGS_IF | FLAGS_DF | FLAGS_IOPL | FLAGS_NT |
		       FLAGS_AC | FLAGS_ID;
	frame->si = FLAGS_FIXED | FLAGS_CF | FLAGS_DF | FLAGS_IOPL;
	return false;
}

CASE(call_gate_flags, KERNEL32 | USER32 | KERNEL64 | USER64)
{
	struct registers left;

	segments_set_call_gate(MARK(call_gate_flags, "entry"));
	traps_set_hook(set_flags);
	left = RUN(call_gate_flags);
	note("entry=%f", left.bx);
	note("returned=%f", left.dx);
}
