/* SPDX-License-Identifier: BSD-2-Clause */
/* SYSENTER under FRED: an event like the others, from each ring, with RIP and RSP saved. With TF,
 * the trap after it is pending when the return is over.
 *
 * SDM Vol. 3, "FRED Event Delivery"; Vol. 2, "ERETS", "ERETU". */
#include "case.h"
#include "cpu/fred.h"
#include "cpu/segments.h"

#ifdef __x86_64__
BODY(fred_sysenter, R"(
	sysenter
mark	after
	nop
	step
mark	sysenter
	sysenter
mark	after_tf
	nop
mark	last
	nop
)");

CASE(fred_sysenter, FRED_MODES)
{
	write_msr(MSR_SYSENTER_CS, KERNEL_CS);
	if (fred_turn_on())
		RUN(fred_sysenter);
}
#endif
