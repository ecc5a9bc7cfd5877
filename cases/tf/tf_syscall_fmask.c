/* SPDX-License-Identifier: BSD-2-Clause */
/* SYSCALL with TF set and in IA32_FMASK: R11 holds TF, the handler runs with TF clear, and there is
 * no #DB in ring 0, not for SYSCALL itself either. The handler clears R11, so that nothing is
 * trapped later.
 *
 * SDM Vol. 2, "SYSCALL". That the TF after the instruction counts, not the one before, is in
 * neither manual; Xen's advisory XSA-204 and KVM's commit c8401dda2f0a tell it of processors. */
#include "case.h"
#include "cpu/segments.h"

#ifdef __x86_64__
/* In the body: where SYSCALL leads. */
extern const char tf_syscall_fmask_entry[];

BODY(tf_syscall_fmask, R"(
	.if width == 64
	step
mark	syscall
	syscall
mark	returned
	nop
mark	leave
	jmp	1f
tf_syscall_fmask_entry:
mark	entry
	mov	%r11, %rbx
	mov	$2, %r11d
mark	sysret
	sysretq
1:
	.endif
)");

CASE(tf_syscall_fmask, USER64)
{
	struct registers left;

	segments_aim_syscall(tf_syscall_fmask_entry, FLAGS_TF);
	left = RUN(tf_syscall_fmask);
	note("r11=%f", left.bx);
}
#endif
