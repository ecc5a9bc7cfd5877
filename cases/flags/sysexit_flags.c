/* SPDX-License-Identifier: BSD-2-Clause */
/* SYSENTER clears IF and leaves every other flag; SYSEXIT loads none and clears none: after it are
 * those that ring 0 has left, IF and IOPL among them.
 *
 * SDM Vol. 2, "SYSENTER", "SYSEXIT". */
#include "case.h"
#include "cpu/segments.h"

/* In the 32-bit image alone: AMD's processors have no SYSENTER in long mode. */
#ifndef __x86_64__
/* In the body: where SYSENTER leads. */
extern const char sysexit_flags_entry[];

static u8 stack[4096] __attribute__((aligned(16)));

BODY(sysexit_flags, R"(
	mov	$1f, %edx
	mov	%esp, %ecx
	int3			# the hook sets flags
mark	sysenter
	sysenter
1:
mark	returned
	pushf
	pop	%edx
	jmp	2f
sysexit_flags_entry:
mark	entry
	pushf
	pop	%ebx
	push	%esi
	popf
mark	sysexit
	sysexit
2:
)");

/* All flags but TF, RF and VM; and in ESI others for the handler. */
static bool set_flags(struct trap_frame *frame)
{
	frame->flags = FLAGS_FIXED | FLAGS_STATUS | FLAGS_IF | FLAGS_DF | FLAGS_IOPL | FLAGS_NT |
		       FLAGS_AC | FLAGS_ID;
	frame->si = FLAGS_FIXED | FLAGS_CF | FLAGS_IF | FLAGS_DF | 1ul << 12;
	return false;
}

CASE(sysexit_flags, USER32)
{
	struct registers left;

	if (!has_sysenter()) {
		log_line("needs sep=1");
		return;
	}
	segments_aim_sysenter(sysexit_flags_entry, stack + sizeof(stack));
	traps_set_hook(set_flags);
	left = RUN(sysexit_flags);
	note("entry=%f", left.bx);
	note("returned=%f", left.dx);
}
#endif
