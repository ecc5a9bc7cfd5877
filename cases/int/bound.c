/* SPDX-License-Identifier: BSD-2-Clause */
/* BOUND: an index within both bounds, the bounds included, passes; one outside is #BR, a fault with
 * no error code.
 *
 * SDM Vol. 3, "Interrupt 5--BOUND Range Exceeded Exception (#BR)"; Vol. 2, "BOUND". */
#include "case.h"

BODY_16(bound, R"(
	.if width != 64
	push	$7		# the upper bound
	push	$3		# the lower one
	mov	$3, xAX
mark	lower
	bound	xAX, (xSP)
	mov	$7, xAX
mark	upper
	bound	xAX, (xSP)
	mov	$8, xAX
mark	above
	bound	xAX, (xSP)
mark	load
	mov	$2, xAX
mark	below
	bound	xAX, (xSP)
mark	after
	nop
	.endif
)");

CASE(bound, KERNEL32 | USER32 | COMPAT32 | SEGMENT_MODES)
{
	RUN(bound);
}
