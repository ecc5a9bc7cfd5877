/* SPDX-License-Identifier: BSD-2-Clause */
/* A breakpoint on code is not met by reading or writing it, and the other way round: one on data,
 * for reading and writing, is not met by executing it.
 *
 * SDM Vol. 3, "Debug Control Register (DR7)" (R/W: 11 is "but not instruction fetches"). */
#include "case.h"

BODY(ibreak_data, R"(
mark	fetch
	mov	$1, %al
mark	lods
	lodsb			# from fetch, by SI
mark	after
	nop
)");

/* Gives the body the address in SI by stopping at its first instruction. */
static word address;

static bool load_si(struct trap_frame *frame)
{
	frame->si = address;
	return false;
}

CASE(ibreak_data, PROTECTED_MODES)
{
	address = MARK(ibreak_data, "fetch");
	traps_set_hook(load_si);
	breakpoint_set(0, address, BREAK_EXECUTE, 1);
	breakpoint_set(1, address, BREAK_ACCESS, 1);
	RUN(ibreak_data);
}
