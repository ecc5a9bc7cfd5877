/* SPDX-License-Identifier: BSD-2-Clause */
/* SYSCALL with TF set and not in IA32_FMASK: TF stays set, so there is a #DB at the first
 * instruction of the handler, in ring 0, and on each one up to the SYSRET, which loads TF from R11
 * again.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "SYSCALL", "SYSRET". */
#include "case.h"

#ifdef __x86_64__
#include "segments.h"

#define EFER_SCE 1u

/* In the body: where SYSCALL leads. */
extern const char tf_syscall_entry[];

static void aim_syscall(u64 mask)
{
	write_msr(MSR_EFER, read_msr(MSR_EFER) | EFER_SCE);
	write_msr(MSR_STAR, (u64)USER_CS32 << 48 | (u64)KERNEL_CS << 32);
	write_msr(MSR_LSTAR, (word)tf_syscall_entry);
	write_msr(MSR_FMASK, mask);
}
#else
static void aim_syscall(u64 mask)
{
	(void)mask;
}
#endif

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
	aim_syscall(0);
	RUN(tf_syscall);
}
