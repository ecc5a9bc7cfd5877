/* SPDX-License-Identifier: BSD-2-Clause */
/* SYSRET that sets TF: unlike that of POPF and IRET, its first #DB comes at once, before the
 * instruction that it leads to.
 *
 * APM Vol. 2, "Single Stepping"; SDM Vol. 2, "SYSRET". */
#include "case.h"
#include "cpu/segments.h"

#ifdef __x86_64__
/* In the body: where SYSCALL leads. */
extern const char tf_sysret_entry[];

BODY(tf_sysret, R"(
	.if width == 64
mark	syscall
	syscall
mark	returned
	nop
mark	second
	nop
	jmp	1f
tf_sysret_entry:
mark	entry
	mov	$0x102, %r11d
mark	sysret
	sysretq
1:
	.endif
)");

CASE(tf_sysret, USER64)
{
	segments_aim_syscall(tf_sysret_entry, 0);
	RUN(tf_sysret);
}
#endif
