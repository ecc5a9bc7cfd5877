/* SPDX-License-Identifier: BSD-2-Clause */
/* SYSENTER with TF set: it clears IF and RF but not TF, so there is a #DB at the first instruction
 * of the handler, in ring 0, and on each one until the SYSEXIT, which leaves TF alone as well.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "SYSENTER", "SYSEXIT". */
#include "case.h"

#include "segments.h"

/* In the body: where SYSENTER leads. */
extern const char tf_sysenter_entry[];

static u8 stack[4096] __attribute__((aligned(16)));

/* 64-bit code has no use for it: AMD's processors have SYSENTER in legacy mode only. */
BODY(tf_sysenter, R"(
	.if width == 32
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
	.endif
)");

CASE(tf_sysenter, USER32)
{
	if (!(has_sysenter())) {
		log_line("needs sep=1");
		return;
	}
	write_msr(MSR_SYSENTER_CS, KERNEL_CS);
	write_msr(MSR_SYSENTER_ESP, (word)(stack + sizeof(stack)));
	write_msr(MSR_SYSENTER_EIP, (word)tf_sysenter_entry);
	RUN(tf_sysenter);
}
