/* SPDX-License-Identifier: BSD-2-Clause */
/* SYSENTER with TF set: it clears IF and RF but not TF, so there is a #DB at the first instruction
 * of the handler, in ring 0, and on each one until the SYSEXIT, which leaves TF alone as well.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "SYSENTER", "SYSEXIT". */
#include "case.h"
#include "cpu/segments.h"

/* In the 32-bit image alone: AMD's processors have no SYSENTER in long mode. */
#ifndef __x86_64__
/* In the body: where SYSENTER leads. */
extern const char tf_sysenter_entry[];

static u8 stack[4096] __attribute__((aligned(16)));

BODY(tf_sysenter, R"(
	mov	$1f, %edx
	mov	%esp, %ecx
	step
mark	sysenter
	sysenter
1:
mark	returned
	nop
mark	leave
	jmp	2f
tf_sysenter_entry:
mark	entry
	nop
mark	sysexit
	sysexit
2:
)");

CASE(tf_sysenter, USER32)
{
	if (!has_sysenter()) {
		log_line("needs sep=1");
		return;
	}
	segments_aim_sysenter(tf_sysenter_entry, stack + sizeof(stack));
	RUN(tf_sysenter);
}
#endif
