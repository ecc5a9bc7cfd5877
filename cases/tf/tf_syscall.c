/* SPDX-License-Identifier: BSD-2-Clause */
/* SYSCALL with TF set and not in IA32_FMASK: TF stays set, so there is a #DB at the first
 * instruction of the handler, in ring 0, and on each one up to the SYSRET, which loads TF from R11
 * again.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "SYSCALL", "SYSRET". */
#include "case.h"
#include "cpu/segments.h"

#ifdef __x86_64__
/* In the body: where SYSCALL leads. */
extern const char tf_syscall_entry[];

BODY(tf_syscall, R"(
	.if width == 64
	step
mark	syscall
	syscall
mark	returned
	nop
mark	leave
	jmp	1f
tf_syscall_entry:
mark	entry
	nop
mark	sysret
	sysretq
1:
	.endif
)");

CASE(tf_syscall, USER64)
{
	segments_aim_syscall(tf_syscall_entry, 0);
	RUN(tf_syscall);
}
#endif
