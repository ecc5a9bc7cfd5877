/* SPDX-License-Identifier: BSD-2-Clause */
/* PUSHF and POPF with TF: the images that PUSHF stores without and with TF, and the one instruction
 * by which a POPF that sets TF delays the first trap. The POPF that clears TF is itself still
 * trapped.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "PUSHF/PUSHFD/PUSHFQ" and
 * "POPF/POPFD/POPFQ". */
#include "case.h"

BODY_16(pushf_popf_tf, R"(
	pushf
	pop	xAX		# the image without TF
	pushf
	set_tf_in_image
mark	popf_set
	popf
mark	pushf
	pushf
mark	load
	mov	(xSP), xBX	# the image with TF
mark	clear
	clear_tf_in_image
mark	popf_clear
	popf
mark	cleared
	pushf
	pop	xCX		# without TF again
)");

CASE(pushf_popf_tf, PROTECTED_MODES | SEGMENT_MODES)
{
	struct registers left = RUN(pushf_popf_tf);

	note("before=%f", left.ax);
	note("set=%f", left.bx);
	note("cleared=%f", left.cx);
}
