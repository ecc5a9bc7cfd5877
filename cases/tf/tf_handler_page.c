/* SPDX-License-Identifier: BSD-2-Clause */
/* A handler of #DB whose first instruction crosses a page: a single-step trap leads to it at two
 * places, one after the other, of which the second is at the end of a page. A CPU that then goes on
 * where the trap came from meets an INT3, whose handler leads back.
 *
 * SDM Vol. 3, "Exception- or Interrupt-Handler Procedures". */
#include "case.h"
#include "cpu/paging.h"

/* PUSH and RET, to a handler below 2 GiB. */
static volatile struct detour {
	u8 push;
	u32 handler;
	u8 ret;
} __attribute__((packed)) * detour;

BODY(tf_handler_page, R"(
	step
	nop
mark	after
	jmp	1f
	.fill	16, 1, 0xcc
1:
	nop
)");

static bool lead_back(struct trap_frame *frame)
{
	if (frame_vector(frame) == VECTOR_BP)
		frame->ip = (word)&detour->ret;
	else
		frame->flags &= ~FLAGS_TF;
	return true;
}

static void run_through(word place)
{
	detour = physical(place);
	detour->push = 0x68;
	detour->handler = (u32)(word)idt_entry(VECTOR_DB);
	detour->ret = 0xc3;
	idt_set_handler(VECTOR_DB, (const void *)detour);
	note("at=%x", place % PAGE_SIZE);
	RUN(tf_handler_page);
}

CASE(tf_handler_page, PROTECTED_MODES)
{
	traps_set_hook(lead_back);
	run_through(SCRATCH);
	run_through(SCRATCH + PAGE_SIZE - 1);
}
