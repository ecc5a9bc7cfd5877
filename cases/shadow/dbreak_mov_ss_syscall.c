/* SPDX-License-Identifier: BSD-2-Clause */
/* MOV SS from a watched operand, then SYSCALL: the #DB that was held back comes when SYSCALL has
 * been executed, before the first instruction of the handler that it leads to, in ring 0 and on
 * ring 3's stack (CVE-2018-8897).
 *
 * SDM Vol. 3, "Masking Exceptions and Interrupts When Switching Stacks"; Vol. 2, "MOV", "SYSCALL".
 */
#include "case.h"
#include "cpu/segments.h"

#ifdef __x86_64__
/* In the body: where SYSCALL leads. */
extern const char dbreak_mov_ss_syscall_entry[];

BODY(dbreak_mov_ss_syscall, R"(
	.if width == 64
	mov	scratch, %ss
mark	syscall
	syscall
mark	returned
	nop
mark	leave
	jmp	1f
dbreak_mov_ss_syscall_entry:
mark	entry
	sysretq
1:
	.endif
)");

BODY(save_ss, R"(
	mov	%ss, scratch
)");

CASE(dbreak_mov_ss_syscall, USER64)
{
	RUN(save_ss);
	segments_aim_syscall(dbreak_mov_ss_syscall_entry, 0);
	breakpoint_set(0, SCRATCH, BREAK_ACCESS, 1);
	RUN(dbreak_mov_ss_syscall);
}
#endif
