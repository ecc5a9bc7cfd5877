/* SPDX-License-Identifier: BSD-2-Clause */
/* SYSCALL with TF clear, first with an IA32_FMASK of 0, then with one that clears TF: R11 gets the
 * flags, SYSRET takes them from it, and nothing traps.
 *
 * SDM Vol. 2, "SYSCALL", "SYSRET"; Vol. 3, "Single-Step Exception Condition". */
#include "case.h"
#include "cpu/segments.h"

#ifdef __x86_64__
/* In the body: where SYSCALL leads. */
extern const char syscall_flags_entry[];

BODY(syscall_flags, R"(
	.if width == 64
mark	syscall
	syscall
mark	returned
	pushf
	pop	%rdx
	jmp	1f
syscall_flags_entry:
mark	entry
	mov	%r11, %rbx
mark	sysret
	sysretq
1:
	.endif
)");

static void syscall_with(u64 mask)
{
	struct registers left;

	segments_aim_syscall(syscall_flags_entry, mask);
	left = RUN(syscall_flags);
	note("r11=%f", left.bx);
	note("returned=%f", left.dx);
}

CASE(syscall_flags, USER64)
{
	syscall_with(0);
	syscall_with(FLAGS_TF);
}
#endif
