/* SPDX-License-Identifier: BSD-2-Clause */
/* PUSHF and POPF of each operand size, and every flag but TF: which ones POPF sets and clears in
 * ring 0, in ring 3 with IOPL 0 and 3 and in virtual-8086 mode with IOPL 3, and what PUSHF stores.
 *
 * SDM Vol. 2, "PUSHF/PUSHFD/PUSHFQ", "POPF/POPFD/POPFQ". */
#include "case.h"
#include "string.h"

/* Each INT3 logs the flags that the POPF before it has left. */
BODY_16(pushf_popf_flags, R"(
	int3
mark	popf_sets
	push	$~0x100
	popf
	int3
mark	popf_clears
	push	$0
	popf
	int3
	.if width == 16
mark	popfl_sets
	pushl	$~0x100
	popfl
	int3
mark	popfl_clears
	pushl	$0
	popfl
	.else
mark	popfw_sets
	pushw	$~0x100
	popfw
	int3
mark	popfw_clears
	pushw	$0
	popfw
	.endif
	int3
mark	pushf
	pushf
	pop	xBX
	.if width == 16
	pushfl
	pop	%ecx
	.else
	pushfw
	pop	%cx
	.endif
mark	after
	nop
)");

static word iopl;

/* With no flag set where the body goes on to set them all, else with all but TF. */
static bool prepare(struct trap_frame *frame)
{
	word kept = frame->flags & (FLAGS_FIXED | FLAGS_VM);

	if (glob("*_sets", 6, body_place(frame).mark))
		frame->flags = kept | iopl;
	else
		frame->flags = kept | iopl | FLAGS_STATUS | FLAGS_IF | FLAGS_DF | FLAGS_NT |
			       FLAGS_AC | FLAGS_ID;
	return false;
}

static void run_with(word new_iopl)
{
	struct registers left;

	iopl = new_iopl;
	note("iopl=%u", (u32)(iopl >> 12));
	left = RUN(pushf_popf_flags);
	note("pushf=%f", left.bx);
	note("other_size=%f", left.cx);
}

CASE(pushf_popf_flags, PROTECTED_MODES | VM86)
{
	traps_set_hook(prepare);
	if (fence_mode() != VM86)
		run_with(0);
	run_with(FLAGS_IOPL);
}
