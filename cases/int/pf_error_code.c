/* SPDX-License-Identifier: BSD-2-Clause */
/* #PF for a page that is not mapped: the error code tells reads from writes and ring 3 from ring 0,
 * CR2 has the address.
 *
 * SDM Vol. 3, "Interrupt 14--Page-Fault Exception (#PF)". */
#include "case.h"

static bool note_cr2(struct trap_frame *frame)
{
	(void)frame;
	note("cr2=%x", read_cr2());
	return false;
}

BODY(pf_error_code, R"(
	mov	$UNMAPPED, %eax
mark	read
	mov	0x123(xAX), %bl
mark	write
	mov	%bl, 0x456(xAX)
mark	push
	push	0xabc(xAX)
mark	after
	nop
)");

CASE(pf_error_code, PROTECTED_MODES)
{
	traps_set_hook(note_cr2);
	RUN(pf_error_code);
}
