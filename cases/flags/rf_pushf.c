/* SPDX-License-Identifier: BSD-2-Clause */
/* PUSHF with RF set by IRET: the image that it stores has RF clear.
 *
 * SDM Vol. 2, "PUSHF/PUSHFD/PUSHFQ". */
#include "case.h"

BODY(rf_pushf, R"(
	push_iret_frame set_rf_in_image
	iret_native
1:
	pushf
	pop	xAX
)");

CASE(rf_pushf, PROTECTED_MODES)
{
	struct registers left = RUN(rf_pushf);

	note("image=%f", left.ax);
}
