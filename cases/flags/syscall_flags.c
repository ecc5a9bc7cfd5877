/* SPDX-License-Identifier: BSD-2-Clause */
/* SYSCALL with TF clear and other flags set, with an IA32_FMASK of 0, with one that clears TF, and
 * with one that clears DF too: R11 gets the flags, the handler runs with those that are not masked,
 * SYSRET takes them from R11, and nothing traps.
 *
 * SDM Vol. 2, "SYSCALL", "SYSRET"; Vol. 3, "Single-Step Exception Condition". */
#include "case.h"
#include "cpu/segments.h"

#ifdef __x86_64__
/* In the body: where SYSCALL leads. */
extern const char syscall_flags_entry[];

BODY(syscall_flags, R"(
	.if width == 64
	push	$0xcd7		# CF, PF, AF, ZF, SF, DF and OF
	popf
mark	syscall
	syscall
mark	returned
	pushf
	pop	%rdx
	push	$0
	popf
	jmp	1f
syscall_flags_entry:
mark	entry
	mov	%r11, %rbx
	pushf
	pop	%rsi
mark	sysret
	sysretq
1:
	.endif
)");

static void syscall_with(u64 mask)
{
	struct registers left;

	segments_aim_syscall(syscall_flags_entry, mask);
	note("fmask=%f", (word)mask | FLAGS_FIXED);
	left = RUN(syscall_flags);
	note("r11=%f", left.bx);
	note("handler=%f", left.si);
	note("returned=%f", left.dx);
}

CASE(syscall_flags, USER64)
{
	syscall_with(0);
	syscall_with(FLAGS_TF);
	syscall_with(FLAGS_TF | FLAGS_DF);
}
#endif
