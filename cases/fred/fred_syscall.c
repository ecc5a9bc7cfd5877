/* SPDX-License-Identifier: BSD-2-Clause */
/* SYSCALL under FRED: an event like the others, from each ring, which leaves RCX and R11 alone and
 * takes nothing from IA32_LSTAR and IA32_FMASK. With TF, the trap after it is pending when the
 * return is over.
 *
 * SDM Vol. 3, "FRED Event Delivery"; Vol. 2, "ERETS", "ERETU"; Linux,
 * selftests/x86/sysret_rip.c, for RCX and R11. */
#include "case.h"
#include "cpu/fred.h"
#include "cpu/segments.h"

#ifdef __x86_64__
BODY(fred_syscall, R"(
	.if width == 64
	syscall
mark	after
	mov	%r11, %rax
	.endif
)");

BODY(fred_tf_syscall, R"(
	.if width == 64
	step
mark	syscall
	syscall
mark	after
	nop
mark	last
	nop
	.endif
)");

CASE(fred_syscall, KERNEL64 | USER64)
{
	struct registers left;

	segments_aim_syscall(NULL, FLAGS_TF);
	if (!fred_turn_on())
		return;
	left = RUN(fred_syscall);
	note("cx=%x r11=%x", left.cx, left.ax);
	note("tf=set");
	RUN(fred_tf_syscall);
}
#endif
