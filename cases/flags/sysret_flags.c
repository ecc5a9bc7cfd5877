/* SPDX-License-Identifier: BSD-2-Clause */
/* SYSCALL with all of IA32_FMASK set, and SYSRET: R11 gets every flag, the handler runs with none,
 * and SYSRET loads every flag from R11 but VM. A second SYSCALL tells which, a second SYSRET clears
 * them all.
 *
 * SDM Vol. 2, "SYSCALL", "SYSRET". */
#include "case.h"
#include "cpu/segments.h"

#ifdef __x86_64__
/* In the body: where SYSCALL leads. */
extern const char sysret_flags_entry[];

BODY(sysret_flags, R"(
	.if width == 64
	int3			# the hook sets flags
mark	syscall
	syscall
mark	again
	syscall
	jmp	1f
sysret_flags_entry:
mark	entry
	mov	%rbx, %rdi
	mov	%r11, %rbx
	pushf
	pop	%rdx
	mov	%rsi, %r11
	xor	%esi, %esi
mark	sysret
	sysretq
1:
	.endif
)");

/* All flags but TF, and in RSI, for R11, those that are none too. RF has a case of its own
 * (ibreak_sysret_rf); without CR4.VME, VIF and VIP need not exist. */
static bool set_flags(struct trap_frame *frame)
{
	frame->flags = FLAGS_FIXED | FLAGS_STATUS | FLAGS_IF | FLAGS_DF | FLAGS_IOPL | FLAGS_NT |
		       FLAGS_AC | FLAGS_ID;
	frame->si = 0xffffffff & ~(FLAGS_TF | FLAGS_RF | FLAGS_VIF | FLAGS_VIP);
	return false;
}

CASE(sysret_flags, USER64)
{
	struct registers left;

	segments_aim_syscall(sysret_flags_entry, 0xffffffff);
	traps_set_hook(set_flags);
	left = RUN(sysret_flags);
	note("r11=%f", left.di);
	note("handler=%f", left.dx);
	note("r11_again=%f", left.bx);
	note("left=%f", left.flags);
}
#endif
