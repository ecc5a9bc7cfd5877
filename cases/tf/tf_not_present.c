/* SPDX-License-Identifier: BSD-2-Clause */
/* A single-step trap where the gate of #DB is not present: #NP, after the instruction that was
 * stepped over. EXT is set in the error code, for no instruction asked for the #DB: so says the
 * SDM. The APM ("Selector-Error Code") has EXT tell of an external source, so AMD's processors are
 * not asked.
 *
 * SDM Vol. 3, "Interrupt 11--Segment Not Present (#NP)", "Error Code". */
#include "case.h"
#include "cpu/features.h"

BODY_16(tf_not_present, R"(
	step
mark	stepped
	nop
mark	after
	nop
)");

static bool go_on_without(struct trap_frame *frame)
{
	frame->flags &= ~FLAGS_TF;
	return true;
}

CASE(tf_not_present, PROTECTED_MODES | VM86)
{
	if (!is_intel())
		return;
	idt_set_not_present(VECTOR_DB, 0);
	traps_set_hook(go_on_without);
	RUN(tf_not_present);
}
