/* SPDX-License-Identifier: BSD-2-Clause */
/* PUSHF, POPF and what is on the stack in between: the image has the guest's own flags, whoever
 * steps.
 *
 * SDM Vol. 1, "EFLAGS Register"; Vol. 2, "PUSHF/PUSHFD/PUSHFQ". */
#include "case.h"

BODY(stepi_pushf, R"(
	nop
mark	pushf
	pushf
mark	pop
	pop	xAX
	push	xAX
mark	popf
	popf
mark	again
	pushf
	pop	xBX
mark	not_stepped
	pushf
	pop	xCX
)");

CASE(stepi_pushf, PROTECTED_MODES)
{
	struct registers left = RUN(stepi_pushf);

	note("image=%f", left.ax);
	note("behind_popf=%f", left.bx);
	note("not_stepped=%f", left.cx);
}
