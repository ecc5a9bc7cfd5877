/* SPDX-License-Identifier: BSD-2-Clause */
/* INT3 in the handler of #DB: a #BP like any other. The image that it pushes has TF clear, as the
 * handler runs; DR6 still tells of the #DB; the IRETs go back to the stepping.
 *
 * SDM Vol. 3, "Interrupt 3--Breakpoint Exception (#BP)", "Single-Step Exception Condition". */
#include "case.h"

BODY(bp_in_db, R"(
	jmp	1f
mark	handler
	int3
mark	back
	iret_native
1:
	step
mark	first
	nop
mark	pushf
	pushf
	clear_tf_in_image
mark	popf
	popf
)");

CASE(bp_in_db, KERNEL32 | KERNEL64)
{
	idt_set_handler(VECTOR_DB, (const void *)MARK(bp_in_db, "handler"));
	RUN(bp_in_db);
}
