/* SPDX-License-Identifier: BSD-2-Clause */
/* IRET in ring 3, of each operand size, with IOPL 0 and 3, and every flag but TF: it loads IF only
 * with IOPL 3, and never IOPL, VM, VIF and VIP.
 *
 * SDM Vol. 2, "IRET/IRETD/IRETQ". */
#include "case.h"
#include "string.h"

/* A 16-bit IP reaches no body: IRETW leads here, to an INT3. */
#define LANDING 0x7000

/* NOP ends RF, each INT3 logs the flags that the IRET before it has left. DX is LANDING. */
BODY(iret_user, R"(
	.macro	frame size, suffix, ip, a, bp, image
	mov	xSP, xBP
	.if width == 64
	lea	-5 * \size(xSP), xSP
	mov	%ss, %eax
	mov\suffix \a, 4 * \size(xSP)
	mov\suffix \bp, 3 * \size(xSP)
	.else
	lea	-3 * \size(xSP), xSP
	.endif
	mov\suffix \image, 2 * \size(xSP)
	mov	%cs, %eax
	mov\suffix \a, \size(xSP)
	mov\suffix \ip, (xSP)
	.endm

	int3
	.if width == 64
mark	iretq_sets
	frame	8, q, $1f, %rax, %rbp, $~0x1b0100
	iretq
1:	int3
mark	iretq_clears
	frame	8, q, $1f, %rax, %rbp, $0
	iretq
1:	int3
	.endif
mark	iretl_sets
	frame	4, l, $1f, %eax, %ebp, $~0x1b0100
	iretl
1:	int3
mark	iretl_clears
	frame	4, l, $1f, %eax, %ebp, $0
	iretl
1:	int3
mark	iretw_sets
	frame	2, w, %dx, %ax, %bp, $~0x100
	mov	$1f, %esi
	iretw
1:
mark	iretw_clears
	frame	2, w, %dx, %ax, %bp, $0
	mov	$1f, %esi
	iretw
1:
mark	after
	nop
	.purgem	frame
)");

static word iopl;

/* With no flag set where the body goes on to set them all, else with all but TF. From LANDING, back
 * to where ESI says. */
static bool prepare(struct trap_frame *frame)
{
	if (!body_place(frame).mark) {
		frame->ip = frame->si;
		frame->sp = frame->bp;
	}
	if (glob("*_sets", 6, body_place(frame).mark))
		frame->flags = FLAGS_FIXED | iopl;
	else
		frame->flags = FLAGS_FIXED | iopl | FLAGS_STATUS | FLAGS_IF | FLAGS_DF | FLAGS_AC |
			       FLAGS_ID;
	frame->dx = LANDING;
	return false;
}

static void run_with(word new_iopl)
{
	iopl = new_iopl;
	note("iopl=%u", (u32)(iopl >> 12));
	RUN(iret_user);
}

CASE(iret_user, USER32 | USER64 | COMPAT32)
{
	*(u8 *)physical(LANDING) = 0xcc;
	traps_set_hook(prepare);
	run_with(0);
	run_with(FLAGS_IOPL);
}
