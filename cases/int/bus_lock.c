/* SPDX-License-Identifier: BSD-2-Clause */
/* IA32_DEBUGCTL.BUS_LOCK_DETECT: a #DB with DR6.BLD clear after an instruction outside of ring 0
 * that locks the bus, as one does whose locked access spans two cache lines; none after one that
 * does not, and none in ring 0.
 *
 * SDM Vol. 3, "OS Bus-Lock Detection", "Debug Status Register (DR6)"; APM Vol. 2, "Bus Lock
 * Trap". */
#include "case.h"
#include "debugctl.h"
#include "msr.h"

#define CPUID_7_ECX_BUS_LOCK_DETECT (1u << 24)

/* NOT leaves the flags alone. */
BODY(bus_lock, R"(
	lock; notl	scratch + 60
mark	one_line
	lock; notl	scratch + 62
mark	two_lines
	notl	scratch + 62
mark	no_lock
	nop
)");

CASE(bus_lock, PROTECTED_MODES)
{
	if (!(cpuid_if_present(7).ecx & CPUID_7_ECX_BUS_LOCK_DETECT) ||
	    !debugctl_set(DEBUGCTL_BUS_LOCK_DETECT)) {
		log_line("needs bus_lock_detect=1");
		return;
	}
	RUN(bus_lock);
	note("dr6=%x debugctl=%x", read_dr6(), (word)debugctl());
}
