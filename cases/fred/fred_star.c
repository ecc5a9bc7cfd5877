/* SPDX-License-Identifier: BSD-2-Clause */
/* ERETU to the selectors that follow from IA32_STAR[63:48]: CS and SS are set to what they are in
 * 64-bit and in compatibility mode, without a look at the GDT, as operating systems have it.
 *
 * SDM Vol. 2, "ERETU". */
#include "case.h"
#include "cpu/fred.h"
#include "cpu/segments.h"

#ifdef __x86_64__
BODY(fred_star, R"(
	int3
mark	after
	int3
mark	last
	nop
)");

CASE(fred_star, USER64 | COMPAT32)
{
	if (!fred_turn_on())
		return;
	write_msr(MSR_STAR, (u64)USER_CS32 << 48 | (u64)KERNEL_CS << 32);
	RUN(fred_star);
}
#endif
