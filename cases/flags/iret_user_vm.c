/* SPDX-License-Identifier: BSD-2-Clause */
/* IRET in ring 3 with VM in the image of EFLAGS: that is no way into virtual-8086 mode.
 *
 * SDM Vol. 2, "IRET/IRETD/IRETQ"; Vol. 3, "Entering Virtual-8086 Mode". */
#include "case.h"
#include "cpu/segments.h"

/* Where IRET leads, and where it would lead if CS were an 8086 segment: to an INT3. */
#define LANDING 0x7000
#define LANDING_VM86 (LANDING + (code_selector() << 4))

static u16 code_selector(void)
{
	return fence_mode() == COMPAT32 ? USER_CS32 : USER_CS;
}

/* As long a frame as a return to virtual-8086 mode has. DX is LANDING. */
BODY(iret_user_vm, R"(
	int3
mark	frame
	mov	xSP, xBP
	.rept	9
	push	$0
	.endr
	mov	%ss, %eax
	mov	%eax, 16(xSP)
	mov	%ebp, 12(xSP)
	movl	$0x20002, 8(xSP)
	mov	%cs, %eax
	mov	%eax, 4(xSP)
	mov	%edx, (xSP)
	mov	$1f, %esi
mark	iret
	iretl
1:
mark	after
	nop
)");

/* From the landing, back to where SI says, whatever mode that was. */
static bool go_back(struct trap_frame *frame)
{
	frame->dx = LANDING;
	if (body_place(frame).mark)
		return false;
	frame->ip = frame->si;
	frame->cs = code_selector();
	frame->flags = FLAGS_FIXED;
	frame->sp = frame->bp;
	frame->ss = USER_DS;
#ifndef __x86_64__
	frame->ds = frame->es = USER_DS;
#endif
	return false;
}

CASE(iret_user_vm, USER32 | USER64 | COMPAT32)
{
	*(u8 *)physical(LANDING) = *(u8 *)physical(LANDING_VM86) = 0xcc;
	traps_set_hook(go_back);
	RUN(iret_user_vm);
}
