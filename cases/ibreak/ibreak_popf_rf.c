/* SPDX-License-Identifier: BSD-2-Clause */
/* POPF does not set RF, whatever its image says: the breakpoint on the next instruction is met.
 *
 * SDM Vol. 2, "POPF/POPFD/POPFQ" (its table has RF cleared in every mode). */
#include "case.h"

BODY(ibreak_popf_rf, R"(
	pushf
	set_rf_in_image
	popf
mark	target
	nop
mark	after
	nop
)");

CASE(ibreak_popf_rf, PROTECTED_MODES)
{
	breakpoint_set(0, MARK(ibreak_popf_rf, "target"), BREAK_EXECUTE, 1);
	RUN(ibreak_popf_rf);
}
