/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over STI under FRED, an interrupt pending: the #DB after STI says that the shadow is in
 * effect, and the return puts it back, so the interrupt comes after the next instruction and its
 * trap.
 *
 * SDM Vol. 3, "FRED Event Delivery"; Vol. 2, "ERETS", "ERETU", "STI"; Vol. 3,
 * "Priority Among Concurrent Events". */
#include "case.h"
#include "cpu/fred.h"
#include "cpu/smp.h"

#define VECTOR 0x40

#ifdef __x86_64__
BODY(fred_sti_interrupt, R"(
	step
mark	sti
	sti
mark	shadow
	nop
mark	after
	cli
mark	last
	nop
)");

CASE(fred_sti_interrupt, KERNEL64)
{
	if (!fred_turn_on())
		return;
	smp_send_fixed(BOOT_CPU, VECTOR);
	RUN(fred_sti_interrupt);
}
#endif
