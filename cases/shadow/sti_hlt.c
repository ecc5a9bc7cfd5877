/* SPDX-License-Identifier: BSD-2-Clause */
/* STI; HLT with an interrupt pending: HLT is in STI's shadow, so the interrupt ends it, and comes
 * with RIP after HLT. An interrupt that was recognised before HLT would leave the CPU halted.
 *
 * SDM Vol. 2, "STI" and "HLT". */
#include "case.h"
#include "cpu/smp.h"

#define VECTOR 0x40

BODY_16(sti_hlt, R"(
mark	sti
	sti
mark	hlt
	hlt
mark	after
	cli
)");

CASE(sti_hlt, KERNEL32 | KERNEL64 | REAL16)
{
	smp_send_fixed(BOOT_CPU, VECTOR);
	RUN(sti_hlt);
}
