/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over STI and HLT with an interrupt pending: the trap after STI ends STI's shadow, so the
 * interrupt comes before HLT instead of ending it, and the trap after HLT alone ends the halt.
 *
 * SDM Vol. 2, "HLT", "STI"; Vol. 3, "Single-Step Exception Condition". */
#include "case.h"
#include "cpu/apic.h"
#include "cpu/segments.h"
#include "cpu/smp.h"
#include "waker.h"

#define VECTOR 0x40

BODY(tf_sti_hlt, R"(
	movl	$1, waker_ready
	step
mark	sti
	sti
mark	hlt
	hlt
mark	after
	cli
)");

static void halt(void)
{
	apic_init();
	smp_send_fixed(this_cpu(), VECTOR);
	RUN(tf_sti_hlt);
}

CASE(tf_sti_hlt, KERNEL32 | KERNEL64, .cpus = 2)
{
	waker_watch(halt, MARK(tf_sti_hlt, "after"));
}
